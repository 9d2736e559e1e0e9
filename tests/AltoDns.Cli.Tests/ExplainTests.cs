// altodns explain: which assignment won, from where, and what the names of RFC 8686 answer.

using System.Text.Json;
using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class ExplainTests
{
    [Fact]
    public async Task Tells_people_which_assignment_won()
    {
        using var folder = TestFolder.WithPolicy();

        var result = await AltodnsProgram.RunAsync(folder, "explain", "192.0.2.140", "isp.yaml");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        var lines = result.Output.Split('\n').Select(line => line.TrimEnd()).ToList();
        Assert.Equal(
            [
                "Address      192.0.2.140",
                "Policy       isp.yaml",
                "Zone         2.0.192.in-addr.arpa.",
                "Assignment   192.0.2.128/25 → mobile   (isp.yaml:9:3)",
                "ALTO server  https://alto2.isp.example/ird, https://alto3.isp.example/ird",
                "Overridden   192.0.2.0/24 → core   (isp.yaml:8:3)",
                "Why          The longest prefix, 192.0.2.128/25, is assigned to 'mobile' and found at R32, lookup 1 of 4.",
            ],
            lines.Take(7));
        Assert.Contains("  R16        0.192.in-addr.arpa.         outside the zones served here", lines);
        Assert.Contains("Ask it: dig @127.0.0.1 -p 5300 -x 192.0.2.140 NAPTR", lines);
    }

    [Fact]
    public async Task Tells_which_rule_of_a_nat_matched_and_how_to_ask()
    {
        using var folder = TestFolder.WithPolicy();

        // Without a file: the samples.
        var result = await AltodnsProgram.RunAsync(folder, "explain", "198.51.100.1", "--peer", "c1f3.north", "--port", "40123");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains("It comes under the peers \"*.north\" of the NAT 198.51.100.1/32, which 'north' guides.", result.Output, StringComparison.Ordinal);
        Assert.Contains("Ask it: dig @127.0.0.1 -p 5300 c1f3.north._peer.1.100.51.198.in-addr.arpa. NAPTR", result.Output, StringComparison.Ordinal);
        Assert.Contains("It comes under the ports 33792-65535 of the NAT 198.51.100.1/32, which 'north' guides.", result.Output, StringComparison.Ordinal);
        Assert.Contains("Ask it: dig @127.0.0.1 -p 5300 b.b.c.9._port.1.100.51.198.in-addr.arpa. NAPTR", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000.west", "No rule of the NAT 198.51.100.64/26 matches the ID, so the default of the address holds: 'core'.", "198.51.100.70")]
    [InlineData("c1f3.north", "No NAT of the policy has the address: all its peers have the server of the address.", "198.51.100.9")]
    [InlineData("c1f3.north", "No policy has a zone for the address.", "10.0.0.1")]
    public async Task Says_when_no_rule_matches(string id, string why, string address)
    {
        using var folder = TestFolder.WithPolicy();

        var result = await AltodnsProgram.RunAsync(folder, "explain", address, "--peer", id);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains(why, result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'c1_f3' is not a peer ID.", "198.51.100.1", "--peer", "c1_f3")]
    [InlineData("'65536' is not a port.", "198.51.100.1", "--port", "65536")]
    [InlineData("--peer and --port are for one address", "198.51.100.0/24", "--port", "1")]
    public async Task Refuses_what_no_peer_has(string fault, params string[] arguments)
    {
        using var folder = TestFolder.WithPolicy();

        var result = await AltodnsProgram.RunAsync(folder, ["explain", .. arguments]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(fault, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_programs_the_same()
    {
        using var folder = TestFolder.WithPolicy();

        var result = await AltodnsProgram.RunAsync(folder, "explain", "--json", "192.0.2.128/25", "isp.yaml");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal(
            """
            {
              "address": "192.0.2.128/25",
              "policy": "isp.yaml",
              "zone": "2.0.192.in-addr.arpa.",
              "assignment": {
                "prefix": "192.0.2.128/25",
                "server": "mobile",
                "uris": [
                  "https://alto2.isp.example/ird",
                  "https://alto3.isp.example/ird"
                ],
                "place": "isp.yaml:9:3"
              },
              "overridden": [
                {
                  "prefix": "192.0.2.0/24",
                  "server": "core",
                  "uris": [
                    "https://alto1.isp.example/ird"
                  ],
                  "place": "isp.yaml:8:3"
                }
              ],
              "verdict": "The longest prefix, 192.0.2.128/25, is assigned to 'mobile' and found at R24, lookup 1 of 3.",
              "dnssec": "Not signed: whoever is on the way can forge this answer.",
              "names": [
                {
                  "rule": "R24",
                  "name": "2.0.192.in-addr.arpa.",
                  "isServed": true,
                  "hasServer": true,
                  "responseCode": "NOERROR",
                  "answers": [
                    "2.0.192.in-addr.arpa. 3600 IN NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://alto1.isp.example/ird!\" ."
                  ],
                  "referral": []
                },
                {
                  "rule": "R16",
                  "name": "0.192.in-addr.arpa.",
                  "isServed": false,
                  "hasServer": false,
                  "responseCode": "REFUSED",
                  "answers": [],
                  "referral": []
                },
                {
                  "rule": "R8",
                  "name": "192.in-addr.arpa.",
                  "isServed": false,
                  "hasServer": false,
                  "responseCode": "REFUSED",
                  "answers": [],
                  "referral": []
                }
              ],
              "dig": "dig @127.0.0.1 -p 5300 2.0.192.in-addr.arpa. NAPTR",
              "peers": []
            }

            """,
            result.Output);
    }

    [Theory]
    [InlineData("192.0.2.1", "The longest prefix, 192.0.2.0/24, is assigned to 'core' and found at R32, lookup 1 of 4.")]
    [InlineData("2001:db8:1:2::3", "The longest prefix, 2001:db8:1::/48, is assigned to 'core' and found at R128, lookup 1 of 6.")]
    [InlineData("2001:db8:1:2::/64", "The longest prefix, 2001:db8:1::/48, is assigned to 'core' and found at R64, lookup 1 of 5.")]
    [InlineData(
        "192.0.2.77",
        "It is delegated to ns.customer.example., which answers for it. A client that finds no ALTO server there goes on to R24, lookup 2 of 4.")]
    [InlineData("198.51.100.1", "It is outside the zones served here.")]
    [InlineData("203.0.113.1", "No policy has a zone for it; zone 113.0.203.in-addr.arpa. is served as its file has it, with an ALTO server at R24, lookup 2 of 4.")]
    [InlineData("10.0.0.1", "No assignment covers it, so there is no ALTO server for it.")]
    [InlineData(
        "192.0.2.3", "The longest prefix, 192.0.2.0/24, is assigned to 'core' and found at R24, lookup 2 of 4, unless a client finds another where R32 leads.")]
    public async Task Says_why_in_one_sentence(string address, string verdict)
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", TestFolder.Policy + "base: ptr.zone\n");
        folder.Write("ptr.zone", "3.2.0.192.in-addr.arpa. 3600 CNAME host.isp.example.\n");
        folder.Write("other.yaml", TestFolder.Policy
            .Replace("[192.0.2.0/24, 2001:db8:1::/48]", "10.0.0.0/16", StringComparison.Ordinal)
            .Split("assignments:")[0] + "assignments: { 10.0.128.0/17: core }\n");
        folder.Write(
            "plain.zone",
            """
            @ 3600 SOA ns.isp.example. hostmaster.isp.example. 1 1h 1h 1h 1h
            @ 3600 NS ns.isp.example.
            @ 3600 NAPTR 100 10 "u" "ALTO:https" "!.*!https://alto.isp.example/ird!" .
            1 3600 NAPTR 100 10 "u" "LIS:HELD" "!.*!https://lis.isp.example/!" .

            """);

        var result = await AltodnsProgram.RunAsync(
            folder, "explain", address, "isp.yaml", "other.yaml", "--json", "--zone", "113.0.203.in-addr.arpa=plain.zone");

        Assert.True(result.ExitCode == 0, result.ToString());
        using var explanation = JsonDocument.Parse(result.Output);
        Assert.Equal(verdict, explanation.RootElement.GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Shows_a_delegation_and_its_place()
    {
        using var folder = TestFolder.WithPolicy();

        var result = await AltodnsProgram.RunAsync(folder, "explain", "192.0.2.77", "isp.yaml");

        Assert.Contains("Delegation   192.0.2.64/26   (isp.yaml:12:3)", result.Output, StringComparison.Ordinal);
        Assert.Contains("77.2.0.192.in-addr.arpa. 3600 IN CNAME 77.64-26.2.0.192.in-addr.arpa.", result.Output, StringComparison.Ordinal);
        Assert.Contains("64-26.2.0.192.in-addr.arpa. 3600 IN NS ns.customer.example.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prints_the_problems_where_nothing_can_be_explained()
    {
        using var folder = new TestFolder();

        var result = await AltodnsProgram.RunAsync(folder, "explain", "192.0.2.1", "none.yaml");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("none.yaml: error: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }
}
