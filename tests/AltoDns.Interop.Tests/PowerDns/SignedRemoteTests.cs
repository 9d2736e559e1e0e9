// Our signatures, served by PowerDNS: other people's validators find no fault, in answers and in a transfer.

using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.PowerDns;

public sealed class SignedRemoteTests
{
    private static readonly DomainName Origin = DomainName.Parse("2.0.192.in-addr.arpa.");

    [Theory]
    [InlineData("nsec")]
    [InlineData("nsec3")]
    public async Task Signed_zone_validates_at_PowerDNS(string denial)
    {
        ToolRunner.Require("delv");
        ToolRunner.Require("ldns-verify-zone");
        using var folder = new TemporaryFolder();
        var policy = folder.Write("isp.yaml", $$"""
            zones: [192.0.2.0/24]
            soa: { primary: ns1.isp.example., contact: hostmaster.isp.example. }
            nameservers: [ns1.isp.example.]
            alto-servers: { core: { uri: https://alto1.isp.example/ird }, mobile: { uri: https://alto2.isp.example/ird } }
            assignments: { 192.0.2.0/24: core, 192.0.2.128/25: mobile }
            delegations: { 192.0.2.64/26: { nameservers: [ns.customer.example.] } }
            dnssec: { denial: {{denial}} }

            """);
        await using var server = await PowerDnsRemote.StartAsync([policy, "--state", folder.MakeFolder("state")], [new ServedZone(Origin, policy)]);
        var anchors = await AnchorsAsync(server, folder);
        foreach (var (name, type) in new[]
        {
            ("77.2.0.192.in-addr.arpa", "NAPTR"), ("200.2.0.192.in-addr.arpa", "NAPTR"), ("2.0.192.in-addr.arpa", "SOA"),
            ("77.2.0.192.in-addr.arpa", "PTR"), ("2.0.192.in-addr.arpa", "MX"), ("x.y.200.2.0.192.in-addr.arpa", "A"), ("64-26.2.0.192.in-addr.arpa", "DS"),
        })
        {
            var result = await ToolRunner.RunAsync(
                "delv", ["-a", anchors, $"+root={Origin}", "@127.0.0.1", "-p", $"{server.Endpoint.Port}", name, type]);
            Assert.Contains("; fully validated", result.Output.Replace("; negative response, fully validated", "; fully validated", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        // PowerDNS makes the chain of the transfer, too; the whole has to hold together.
        var transfer = await ToolRunner.RunAsync("dig", ["+noall", "+answer", "+onesoa", "@127.0.0.1", "-p", $"{server.Endpoint.Port}", Origin.ToString(), "AXFR"]);
        var verified = await ToolRunner.RunAsync("ldns-verify-zone", ["-V", "1", folder.Write("transferred.zone", transfer.Output)]);
        Assert.True(verified.ExitCode == 0, $"{verified}\n{server.Log}\n{transfer.Output[..Math.Min(transfer.Output.Length, 4000)]}");
    }

    private static async Task<string> AnchorsAsync(RunningServer server, TemporaryFolder folder)
    {
        var keys = await ToolRunner.RunAsync("dig", ["+short", "@127.0.0.1", "-p", $"{server.Endpoint.Port}", Origin.ToString(), "DNSKEY"]);
        var entries = keys.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 4))
            .Where(fields => fields[0] == "257")
            .Select(fields => $"  \"{Origin}\" static-key {fields[0]} {fields[1]} {fields[2]} \"{fields[3].Replace(" ", "", StringComparison.Ordinal)}\";\n");
        return folder.Write("anchors", $"trust-anchors {{\n{string.Concat(entries)}}};\n");
    }
}
