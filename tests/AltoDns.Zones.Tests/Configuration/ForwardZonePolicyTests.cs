// Forward zones and certificates as a policy names them.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Tests.Configuration;

public sealed class ForwardZonePolicyTests
{
    [Fact]
    public void Reads_forward_zones_beside_prefixes()
    {
        var (policy, problems) = Read("""
            zones: [alto.isp1.example, 192.0.2.0/24, _tcp.Alto2.isp1.example., home.arpa]
            base: { 192.0.2.0/24: isp1-ptr.zone, alto.isp1.example.: isp1-ptr.zone, home.arpa: isp1-ptr.zone }
            soa: { primary: ns1.isp1.example., contact: hostmaster@isp1.example }
            nameservers: ns1.isp1.example.
            alto-servers:
              core: { uri: https://alto.isp1.example/ird, certificate: [certs/chain.pem, certs/next.pem] }
            assignments: { 192.0.2.0/24: core }
            """);

        Assert.Empty(problems);
        Assert.Equal(["192.0.2.0/24 1:28"], policy!.Zones.Select(zone => $"{zone.Value} {zone.Position.Line}:{zone.Position.Column}"));
        Assert.Equal(
            ["alto.isp1.example. 1:9", "_tcp.Alto2.isp1.example. 1:42", "home.arpa. 1:68"],
            policy.ForwardZones.Select(zone => $"{zone.Value} {zone.Position.Line}:{zone.Position.Column}"));
        Assert.Equal(
            ["2.0.192.in-addr.arpa.", "alto.isp1.example.", "home.arpa."], policy.Bases.Select(document => document.Origin.ToString()));
        Assert.Equal(
            [("certs/chain.pem", 0x30), ("certs/next.pem", 0x30)],
            policy.Servers[0].Certificates.Select(certificate => (certificate.Path, (int)certificate.SubjectPublicKeyInfo[0])));
    }

    [Fact]
    public void Takes_a_policy_of_forward_zones_alone()
    {
        var (policy, problems) = Read("""
            zones: alto.isp1.example
            base: isp1-ptr.zone
            alto-servers: { core: { uri: https://alto.isp1.example/ird, certificate: certs/chain.pem } }
            """);

        Assert.Empty(problems);
        Assert.Empty(policy!.Zones);
        Assert.Equal(DomainName.Parse("alto.isp1.example."), Assert.Single(policy.ForwardZones).Value);
    }

    [Fact]
    public void Prints_the_record_of_a_host_that_lies_elsewhere()
    {
        var (policy, problems) = Read("""
            zones: [192.0.2.0/24, alto1.isp1.example]
            soa: { primary: ns1.isp1.example., contact: hostmaster@isp1.example }
            nameservers: ns1.isp1.example.
            alto-servers:
              core:
                uri: ['https://alto1.isp1.example', 'https://alto2.isp1.example:444']
                certificate: certs/next.pem
              bare: { uri: 'https://192.0.2.80/ird', certificate: certs/next.pem }
            assignments: { 192.0.2.0/24: core, 192.0.2.0/25: bare }
            """);

        Assert.NotNull(policy);
        Assert.Equal(
            [
                "policy.yaml:7:18: warning: Host alto2.isp1.example. lies in no forward zone of this policy, so its TLSA record is not served here. "
                + "List its zone under 'zones', or add to the zone where it is: _444._tcp.alto2.isp1.example. IN TLSA "
                + "3 1 1 AF7502CDA5C3BFF79FB6D28BF7A7CECBD8616DA0EC698D9547EAB6490CED730F.",
                "policy.yaml:8:55: warning: ALTO server 'bare' has no https URI with a host name, so its certificate makes no TLSA record. Use such a URI, or remove 'certificate'.",
            ],
            problems);
    }

    [Fact]
    public void Takes_a_server_called_none()
    {
        var (_, problems) = Read("""
            zones: 192.0.2.0/24
            base: isp1-ptr.zone
            alto-servers: { none: { uri: https://alto.isp1.example/ird } }
            assignments: { 192.0.2.0/24: none }
            """);

        Assert.Empty(problems);
    }

    [Fact]
    public void Rejects_a_forward_zone_that_two_policies_claim_but_not_one_inside_another()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["a.yaml"] = "zones: [alto.isp1.example, isp2.example]\nbase: x.zone\n",
            ["b.yaml"] = "zones: [isp1.example, ISP2.example]\nbase: x.zone\n",
        };
        var problems = new ProblemList();
        var policies = PolicyReader.ReadAll(
            files.Keys,
            problems,
            path => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(files.GetValueOrDefault(Path.GetFileName(path), ""))));

        Assert.Null(policies);
        Assert.Equal("b.yaml:1:23: error: Zone ISP2.example. is already given at a.yaml:1:28. Keep one of the two.\n", PolicyFolder.Lines(problems));
    }

    private static (PolicyDocument? Policy, IReadOnlyList<string> Problems) Read(string text)
    {
        var problems = new ProblemList();
        var policy = PolicyFolder.ReadText(text, problems);
        return (policy, [.. problems.All.Select(problem => problem.ToString())]);
    }
}
