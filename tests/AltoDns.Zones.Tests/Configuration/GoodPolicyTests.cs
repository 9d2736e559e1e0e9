// What is written in a policy arrives in its document, with the place of each value.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Tests.Configuration;

public sealed class GoodPolicyTests
{
    private const string Start = """
        zones: [192.0.2.0/24, 2001:db8:1::/48]
        soa: { primary: ns1.isp1.example., contact: hostmaster@isp1.example }
        nameservers: [ns1.isp1.example., ns2.isp1.example.]
        alto-servers:
          core: { uri: https://alto1.isp1.example/ird }
        assignments: { 192.0.2.0/24: core, 2001:db8:1::/48: core }

        """;

    [Theory]
    [InlineData("", null)]
    [InlineData("dnssec: off", null)]
    [InlineData("dnssec: on", "ecdsa 13, Nsec, Combined, 14d of which 4d16h, Publish")]
    [InlineData("dnssec: {}", "ecdsa 13, Nsec, Combined, 14d of which 4d16h, Publish")]
    [InlineData("dnssec: { algorithm: rsa-sha256, denial: nsec3, opt-out: on, keys: ksk+zsk, signature-lifetime: 30d, cds: delete }", "ecdsa 8, Nsec3 with opt-out, Split, 30d of which 10d, Delete")]
    [InlineData("dnssec: { algorithm: ecdsa-p384, cds: off, signature-refresh: 2d, opt-out: off }", "ecdsa 14, Nsec, Combined, 14d of which 2d, None")]
    public void Reads_how_zones_are_signed(string section, string? expected)
    {
        var dnssec = Read(Start + section).Dnssec;

        Assert.Equal(expected, dnssec is null ? null : $"ecdsa {(byte)dnssec.Algorithm}, {dnssec.Denial}{(dnssec.OptOut ? " with opt-out" : "")}, {dnssec.Keys}, "
            + $"{Words.Of(dnssec.SignatureLifetime)} of which {Words.Of(dnssec.SignatureRefresh)}, {dnssec.Cds}");
    }

    [Fact]
    public void Reads_every_setting_of_signing()
    {
        var dnssec = Read(Start + """
            dnssec:
              keys: ksk+zsk
              zonemd: on
              jitter: 2h
              ksk-lifetime: none
              zsk-lifetime: 90d
              parent: [192.0.2.53, '[2001:db8::53]:5353', 2001:db8::54, 127.0.0.1:5300]
              dnskey-ttl: 2h
              propagation-delay: 10m
              parent-ds-ttl: 2d
              parent-propagation-delay: 3h
              safety-margin: 30m
              parent-check-interval: 5m
            """).Dnssec!;

        Assert.True(dnssec.ZoneMd);
        Assert.Null(dnssec.KeySigningLifetime);
        Assert.Equal(["192.0.2.53:53", "[2001:db8::53]:5353", "[2001:db8::54]:53", "127.0.0.1:5300"], dnssec.Parents.Select(parent => parent.ToString()));
        Assert.Equal(
            ["2h", "90d", "2h", "10m", "2d", "3h", "30m", "5m"],
            new[]
            {
                dnssec.Jitter, dnssec.ZoneSigningLifetime!.Value, dnssec.DnskeyTimeToLive, dnssec.PropagationDelay, dnssec.ParentDsTimeToLive, dnssec.ParentPropagationDelay,
                dnssec.SafetyMargin, dnssec.ParentCheckInterval,
            }.Select(Words.Of));
    }

    [Fact]
    public void Reads_the_policy_of_the_design()
    {
        var problems = new ProblemList();
        var policy = PolicyReader.Read("design.yaml", problems, PolicyFolder.In(PolicyFolder.Good))!;

        Assert.Equal("", PolicyFolder.Lines(problems));
        Assert.Equal(
            [new(Prefix("192.0.2.0/24"), At(2, 5)), new(Prefix("2001:db8:1::/48"), At(3, 5))], policy.Zones);
        Assert.Equal(PublishMode.EveryName, policy.Publish);
        Assert.Equal(
            new SoaSettings(Name("ns1.isp1.example."), Name("hostmaster.isp1.example."), null, 14400, 3600, 1209600, 3600, 3600), policy.Soa);
        Assert.Equal(3600u, policy.TimeToLive);
        Assert.Equal([new(Name("ns1.isp1.example."), At(5, 15)), new(Name("ns2.isp1.example."), At(5, 34))], policy.Nameservers);
        Assert.Equal([new BaseZoneDocument("isp1-ptr.zone", null, At(6, 7))], policy.Bases);
        Assert.Equal(["core", "mobile"], policy.Servers.Select(server => server.Name));
        Assert.Equal([At(8, 3), At(9, 3)], policy.Servers.Select(server => server.Position));
        Assert.Equal([new("https://alto1.isp1.example/ird", At(8, 18))], policy.Servers[0].Uris);
        Assert.Equal(
            [new("https://alto2.isp1.example/ird", At(9, 19)), new("https://alto3.isp1.example/ird", At(9, 51))], policy.Servers[1].Uris);
        var key = Assert.Single(policy.Servers[0].Keys);
        Assert.Equal(("ecdsa-p256", "2026a", At(8, 55)), (key.Algorithm, key.Selector, key.Position));
        Assert.Equal(
            [
                new AssignmentDocument(Prefix("192.0.2.0/24"), 0, 11, 3),
                new AssignmentDocument(Prefix("192.0.2.128/25"), 1, 12, 3),
                new AssignmentDocument(Prefix("2001:db8:1::/48"), 0, 13, 3),
            ],
            policy.Assignments);
        var delegation = Assert.Single(policy.Delegations);
        Assert.Equal((Prefix("192.0.2.64/26"), At(15, 3)), (delegation.Prefix, delegation.Position));
        Assert.Equal([new(Name("ns.customer.example."), At(15, 34))], delegation.Nameservers);
        var nat = Assert.Single(policy.Nats);
        Assert.Equal((Prefix("192.0.2.1/32"), At(17, 3)), (nat.Prefix, nat.Position));
        Assert.Equal([new NatPeerDocument("*.north", 1, At(18, 14)), new NatPeerDocument("*", 0, At(18, 33))], nat.Peers);
        Assert.Equal([new NatPortsDocument(1024, 33791, 0, At(19, 14)), new NatPortsDocument(33792, 65535, 1, At(19, 32))], nat.Ports);

        static SourcePosition At(int line, int column) => new("design.yaml", line, column);
    }

    [Fact]
    public void Loads_every_sample_without_a_problem()
    {
        var problems = new ProblemList();
        var policies = PolicyReader.ReadAll([PolicyFolder.Samples], problems)!;

        Assert.Equal("", PolicyFolder.Lines(problems));
        Assert.Equal(["isp1.yaml", "isp2.yaml", "isp3.yaml"], policies.Select(policy => Path.GetFileName(policy.File)));
        Assert.Equal([PublishMode.EveryName, PublishMode.EveryName, PublishMode.Rfc8686Names], policies.Select(policy => policy.Publish));
        Assert.Equal(["198.51.100.1/32", "198.51.100.64/26"], policies[1].Nats.Select(nat => nat.Prefix.ToString()));
    }

    [Theory]
    [InlineData("core-2026a.pem", "ecdsa-p256", "2026a")]
    [InlineData("cert-2026b.pem", "ecdsa-p256", "2026b")]
    [InlineData("p384.pem", "ecdsa-p384", "p384")]
    [InlineData("rsa-2048.pem", "rsa", "2048")]
    [InlineData("cert-rsa.pem", "rsa", "rsa")]
    [InlineData("ed25519.pem", "ed25519", "ed25519")]
    [InlineData("cert-ed.pem", "ed25519", "ed")]
    public void Takes_keys_of_every_supported_kind(string file, string algorithm, string selector)
    {
        var policy = Read(Start.Replace("/ird }", $"/ird, key: keys/{file} }}", StringComparison.Ordinal));

        var key = Assert.Single(policy.Servers[0].Keys);
        Assert.Equal((algorithm, selector, Path.Combine("", $"keys/{file}")), (key.Algorithm, key.Selector, key.Path));
        Assert.Equal(0x30, key.SubjectPublicKeyInfo[0]);
    }

    [Fact]
    public void Takes_the_same_key_from_certificate_and_public_key_file()
    {
        var policy = Read(Start.Replace(
            "/ird }", "/ird, key: [keys/rsa-2048.pem, { file: keys/cert-rsa.pem, selector: roll }] }", StringComparison.Ordinal));

        Assert.Equal(["2048", "roll"], policy.Servers[0].Keys.Select(key => key.Selector));
        Assert.Equal(policy.Servers[0].Keys[0].SubjectPublicKeyInfo, policy.Servers[0].Keys[1].SubjectPublicKeyInfo);
    }

    [Fact]
    public void Reads_every_setting_of_soa_and_publication()
    {
        var policy = Read("""
            publish: rfc8686-names
            ttl: 7d
            zones: 198.51.100.0/22
            soa:
              primary: ns1.isp1.example
              contact: first.last@isp1.example
              serial: 4294967295
              refresh: 2h
              retry: 15m
              expire: 3w
              negative-ttl: 10800
              ttl: 1h30m
            nameservers: ns1.isp1.example.
            alto-servers: { core: { uri: https://alto1.isp1.example/ird } }
            assignments: { 198.51.100.0/23: core }
            """);

        Assert.Equal((PublishMode.Rfc8686Names, 604800u), (policy.Publish, policy.TimeToLive));
        Assert.Equal(
            new SoaSettings(Name("ns1.isp1.example."), Name("first\\.last.isp1.example."), uint.MaxValue, 7200, 900, 1814400, 10800, 5400), policy.Soa);
        Assert.Equal(Prefix("198.51.100.0/22"), Assert.Single(policy.Zones).Value);
    }

    [Fact]
    public void Takes_apex_records_from_a_base_for_each_zone()
    {
        var policy = Read("""
            zones: [192.0.2.0/24, 198.51.100.0/23]
            base:
              192.0.2.0/24: isp1-ptr.zone
              198.51.100.0/24: isp1-ptr.zone
              198.51.101.0/24: isp1-ptr.zone
            alto-servers: { core: { uri: https://alto1.isp1.example/ird } }
            assignments: { 192.0.2.0/24: core, 198.51.100.0/23: core }
            """);

        Assert.Null(policy.Soa);
        Assert.Empty(policy.Nameservers);
        Assert.Equal(["2.0.192.in-addr.arpa.", "100.51.198.in-addr.arpa.", "101.51.198.in-addr.arpa."], policy.Bases.Select(file => file.Origin.ToString()));
    }

    [Fact]
    public void Reads_ds_and_glue_of_a_delegation()
    {
        var digest = new string('A', 64);
        var policy = Read(Start + $$"""
            delegations:
              192.0.2.64/26:
                nameservers: [ns1.64-26.2.0.192.in-addr.arpa., ns.customer.example.]
                ds: 20326 13 2 {{digest[..20]}} {{digest[20..]}}
                glue: { ns1.64-26.2.0.192.in-addr.arpa.: [192.0.2.65, 2001:db8:1::65] }
              2001:db8:1:4000::/50:
                nameservers: ns.0.0.0.7.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.
                glue: { ns.0.0.0.7.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.: 2001:db8:1:7000::1 }
            """);

        var ds = Assert.Single(policy.Delegations[0].Ds);
        Assert.Equal(RecordType.DS, ds.RecordType);
        Assert.Equal("4F660D02" + digest, Convert.ToHexString(ds.ToWire()));
        var nameserver = Name("ns1.64-26.2.0.192.in-addr.arpa.");
        Assert.Equal(
            [new GlueDocument(nameserver, Prefix("192.0.2.65/32")), new GlueDocument(nameserver, Prefix("2001:db8:1::65/128"))],
            policy.Delegations[0].Glue);
        Assert.Single(policy.Delegations[1].Glue);
    }

    [Fact]
    public void Accepts_a_uri_of_exactly_250_octets()
    {
        var uri = "https://alto1.isp1.example/".PadRight(250, 'a');
        var policy = Read(Start.Replace("https://alto1.isp1.example/ird", uri, StringComparison.Ordinal));

        Assert.Equal(uri, Assert.Single(policy.Servers[0].Uris).Value);
    }

    [Theory]
    [InlineData("https://alto1.isp1.example")]
    [InlineData("HTTPS://alto1.isp1.example.:8443/ird?net=1&x=%21")]
    [InlineData("https://[2001:db8:1::53]:443/ird")]
    [InlineData("https://192.0.2.53/ird")]
    public void Accepts_uris_of_every_form(string uri)
    {
        var policy = Read(Start.Replace("uri: https://alto1.isp1.example/ird", $"uri: '{uri}'", StringComparison.Ordinal));

        Assert.Equal(uri, Assert.Single(policy.Servers[0].Uris).Value);
    }

    [Fact]
    public void Warns_of_what_is_allowed_but_doubtful()
    {
        var problems = new ProblemList();
        var policy = PolicyFolder.ReadText(
            """
            zones: [192.0.2.0/24, 2001:db8:1::/48]
            soa: { primary: ns1.isp1.example., contact: hostmaster@isp1.example, expire: 1h, negative-ttl: 2d }
            nameservers: ns1.isp1.example.
            alto-servers:
              core: { uri: http://alto1.isp1.example/ird }
              spare: { uri: https://alto2.isp1.example/ird }
            assignments: { 192.0.2.0/24: core }
            """,
            problems);

        Assert.NotNull(policy);
        Assert.All(problems.All, problem => Assert.Equal(Severity.Warning, problem.Severity));
        Assert.Equal(["1:23", "2:78", "2:96", "5:16", "6:3"], problems.All.Select(problem => $"{problem.Position.Line}:{problem.Position.Column}"));
    }

    [Fact]
    public void Keeps_the_order_and_place_of_many_assignments()
    {
        const int Count = 50_000;
        var lines = Enumerable.Range(0, Count).Select(i => $"  10.{i * 37 % 256}.{i / 256}.0/24: core\n");
        var policy = Read(Start.Replace("zones: [", "zones: [10.0.0.0/8, ", StringComparison.Ordinal)
            .Replace(" { 192.0.2.0/24: core, 2001:db8:1::/48: core }\n", "\n  192.0.2.0/24: core\n  2001:db8:1::/48: core\n" + string.Concat(lines), StringComparison.Ordinal));

        Assert.Equal(Count + 2, policy.Assignments.Count);
        Assert.All(policy.Assignments.Index(), pair => Assert.Equal((pair.Index + 7, 3, 0), (pair.Item.Line, pair.Item.Column, pair.Item.Server)));
        Assert.Equal(Prefix("10.37.0.0/24"), policy.Assignments[3].Prefix);
    }

    [Fact]
    public void Reads_every_form_of_a_nat()
    {
        var policy = Read(Start + """
            nat:
              192.0.2.0/28:
                peers: { "*.south": core, north: { nameservers: [ns1.north.example., ns2.north.example.] } }
                port-blocks: { size: 4032, servers: { 0-3: core, 13: core } }
              192.0.2.16/28:
                map-e: { rule-ipv6: 2001:db8::/40, ea-length: 12, psid-offset: 4 }
            """);

        var region = Assert.Single(policy.Nats[0].Regions);
        Assert.Equal(("north", 2), (region.Id, region.Nameservers.Count));
        Assert.Equal(["1024-17151", "53440-57471"], policy.Nats[0].Ports.Select(ports => $"{ports.First}-{ports.Last}"));
        Assert.Equal(new MapRule(Prefix("2001:db8::/40"), Prefix("192.0.2.16/28"), 12, 4), policy.Nats[1].Map?.Rule);
    }

    [Fact]
    public void Warns_of_doubtful_rules_of_a_nat()
    {
        var problems = new ProblemList();
        var policy = PolicyFolder.ReadText(
            Start + $$"""
                nat:
                  192.0.2.1/32:
                    peers:
                      "*": core
                      "*.north": core
                      {{new string('a', 60)}}.{{new string('b', 60)}}.{{new string('c', 20)}}: core
                    ports: { 1024-2047: core, 2049-65534: core }
                """,
            problems);

        Assert.NotNull(policy);
        Assert.Equal(
            [
                "Peer '*.north' has the server that '*' at policy.yaml:10:7 gives it anyway.",
                "so it can never match.",
                "gives it anyway.",
                "No range has the ports 2048, 65535, so they get the server of their address.",
            ],
            problems.All.Select((problem, index) => index is 1 ? problem.Fault[^22..] : index is 2 ? problem.Fault[^16..] : problem.Fault));
    }

    [Fact]
    public void Takes_empty_sections_as_absent()
    {
        var policy = Read(Start + "delegations:\nnat:\n");

        Assert.Empty(policy.Delegations);
        Assert.Empty(policy.Nats);
    }

    private static PolicyDocument Read(string text)
    {
        var problems = new ProblemList();
        var policy = PolicyFolder.ReadText(text, problems);
        Assert.Equal("", PolicyFolder.Lines(problems));
        return policy!;
    }

    private static IPPrefix Prefix(string text) => IPPrefix.Parse(text);

    private static DomainName Name(string text) => DomainName.Parse(text);
}
