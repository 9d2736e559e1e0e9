// RFC 8686 Appendix C.4 against a running server: four lookups, two of them to no avail, one with records of another service.

using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Smoke;

public sealed class AppendixC4Tests
{
    private const string Address = "2001:db8:1:2:227:eff:fe6a:de42";

    // R64 exists by a record of another type, R56 has location servers only, R48 has one beside what the policy adds.
    private const string BaseZone = """
        $ORIGIN 8.b.d.0.1.0.0.2.ip6.arpa.
        $TTL 604800
        2.0.0.0.1.0.0.0  IN PTR    subnet.example.net.
        0.0.1.0.0.0      IN NAPTR  100 10 "u" "LIS:HELD" "!.*!https://lis1.example.org:4802/?c=ex!" .
        0.0.1.0.0.0      IN NAPTR  100 20 "u" "LIS:HELD" "!.*!https://lis2.example.org:4802/?c=ex!" .
        1.0.0.0          IN NAPTR  100 10 "u" "LIS:HELD" "!.*!https://lis.example.net:4802/?c=ex!" .

        """;

    private const string Policy = """
        zones: ["2001:db8::/32"]
        publish: rfc8686-names
        ttl: 604800
        soa: { primary: ns1.example.net., contact: hostmaster.example.net. }
        nameservers: [ns1.example.net.]
        base: base.zone
        alto-servers: { net: { uri: https://alto1.example.net/ird } }
        assignments: { "2001:db8:1::/48": net }

        """;

    [Fact]
    public async Task Walk_ends_at_the_server_that_the_appendix_finds()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder, Policy);

        var steps = await DiscoveryWalk.RunAsync(server, Address, "ALTO:https");

        Assert.Equal([128, 64, 56, 48], steps.Select(step => step.Length));
        Assert.Equal(["NXDOMAIN", "NOERROR", "NOERROR", "NOERROR"], steps.Select(step => step.Answer.Status));
        Assert.All(steps, step => Assert.Contains("aa", step.Answer.Flags));
        Assert.Empty(steps[0].Answer.Answers);
        Assert.Empty(steps[1].Answer.Answers);
        Assert.Equal(
            [
                """100 10 "u" "LIS:HELD" "!.*!https://lis1.example.org:4802/?c=ex!" .""",
                """100 20 "u" "LIS:HELD" "!.*!https://lis2.example.org:4802/?c=ex!" .""",
            ],
            Data(steps[2]));
        Assert.Equal(
            [
                """100 10 "u" "ALTO:https" "!.*!https://alto1.example.net/ird!" .""",
                """100 10 "u" "LIS:HELD" "!.*!https://lis.example.net:4802/?c=ex!" .""",
            ],
            Data(steps[3]));
        Assert.Equal(["https://alto1.example.net/ird"], DiscoveryWalk.Uris(steps[3].Answer, "ALTO:https"));
    }

    [Fact]
    public async Task Location_servers_are_found_by_the_same_walk()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder, Policy);

        var steps = await DiscoveryWalk.RunAsync(server, Address, "LIS:HELD");

        Assert.Equal([128, 64, 56], steps.Select(step => step.Length));
    }

    [Fact]
    public async Task Publishing_at_every_name_makes_the_walk_one_step()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder, Policy.Replace("rfc8686-names", "every-name", StringComparison.Ordinal));

        var steps = await DiscoveryWalk.RunAsync(server, Address, "ALTO:https");

        Assert.Equal(["https://alto1.example.net/ird"], DiscoveryWalk.Uris(Assert.Single(steps).Answer, "ALTO:https"));
    }

    private static Task<RunningServer> StartAsync(TemporaryFolder folder, string policy)
    {
        folder.Write("base.zone", BaseZone);
        return AltoDnsServer.StartAsync([folder.Write("isp.yaml", policy)], [new ServedZone(DomainName.Parse("8.b.d.0.1.0.0.2.ip6.arpa."), "")]);
    }

    private static IEnumerable<string> Data(DiscoveryStep step) => step.Answer.Answers.Select(record => record.Data).Order(StringComparer.Ordinal);
}
