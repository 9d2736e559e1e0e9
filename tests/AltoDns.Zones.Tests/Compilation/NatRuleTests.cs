using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Scenarios;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Tests.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.Compilation;

public sealed class NatRuleTests
{
    private const int Scenarios = 400;

    [Fact]
    public void Every_peer_gets_the_server_that_the_rules_say_in_one_question()
    {
        var maker = new NatScenarioMaker(new Random(8686));
        var seen = new Dictionary<int, int>();
        for (var round = 0; round < Scenarios; round++)
        {
            var scenario = maker.Make();
            var zones = Compile(scenario.ToYaml());
            foreach (var question in scenario.Questions)
            {
                var expected = scenario.Expect(question);
                var found = Find(zones, question.NameBelow(NameOf(scenario.Zone, question.Address)));
                Assert.True(expected == found, $"{question}: expected {expected}, found {found}\n{scenario.ToYaml()}");
                seen[expected] = seen.GetValueOrDefault(expected) + 1;
            }
        }

        Assert.All([NatScenario.Referred, NatScenario.Nobody, 0, 1, 2, 3], server => Assert.True(seen.GetValueOrDefault(server) > 200));
    }

    [Theory]
    [InlineData("198.51.100.1/32")]
    [InlineData("198.51.100.0/26")]
    public void Every_question_below_an_address_finds_a_server(string pool)
    {
        var zones = Compile(Policy(pool, """{ peers: { c1f3.north: north, "*.south": north }, ports: { 5000-6000: north } }"""));
        var address = DomainName.Parse("1.100.51.198.in-addr.arpa.");
        string[] names =
        [
            "", "x.", "_peer.", "north._peer.", "x.north._peer.", "c1f3.north._peer.", "x.y.c1f3.north._peer.", "south._peer.", "x.south._peer.",
            "_port.", "1._port.", "3.1._port.", "8.3.1._port.", "8.8.3.1._port.", "9.9.3.1._port.", "f.f.f.f._port.", "x._tcp.",
        ];

        Assert.All(names, name => Assert.True(Find(zones, DomainName.Parse(name + address)) >= 0, name));
    }

    [Fact]
    public void Addresses_of_a_pool_share_the_names_below_them()
    {
        const string Rules = "{ peers: { \"*.north\": north }, ports: { 1031-33791: core, 33792-65530: north } }";
        var one = Compile(Policy("198.51.100.1/32", Rules))[0];
        var many = Compile(Policy("198.51.100.0/24", Rules))[0];

        Assert.True(many.NodeCount < one.NodeCount + 260, $"{many.NodeCount} names in place of {one.NodeCount}");
    }

    [Fact]
    public void A_base_zone_with_names_below_an_address_keeps_them()
    {
        var zones = Compile(
            Policy("198.51.100.0/30", "{ ports: { 4096-8191: north } }").Replace("nameservers", "base: base.zone\nnameservers", StringComparison.Ordinal),
            "1 IN PTR host.example.\n_tcp.1 IN TXT kept\n");

        Assert.Equal(1, Find(zones, DomainName.Parse("0.0.0.1._port.1.100.51.198.in-addr.arpa.")));
        Assert.Equal(1, Find(zones, DomainName.Parse("0.0.0.1._port.2.100.51.198.in-addr.arpa.")));
        var name = new LookupName();
        name.Set(DomainName.Parse("_tcp.1.100.51.198.in-addr.arpa.").Wire);
        Assert.Equal(LookupOutcome.Found, ZoneLookup.Find(zones[0], name, RecordType.TXT).Outcome);
    }

    [Fact]
    public void Says_what_hides_a_nat()
    {
        var problems = new ProblemList();
        Compile(
            Policy("198.51.100.0/26", "{ ports: { 4096-65535: north } }").Replace("nat:", "delegations: { 198.51.100.32/27: { nameservers: ns.customer.example. } }\nnat:", StringComparison.Ordinal),
            problems: problems);

        var warning = Assert.Single(problems.All);
        Assert.Contains("198.51.100.0/26 is hidden, wholly or in part", warning.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_one_DS_record_for_several_zones()
    {
        var digest = new string('A', 64);
        var text = Policy("198.51.100.0/30", $$"""{ peers: { north: { nameservers: ns.north.example., ds: "1 13 2 {{digest}}" } } }""");
        Assert.Single(Compile(text));

        var problems = new ProblemList();
        var divided = text.Replace("198.51.100.0/24: core", "198.51.100.0/24: core\n  198.51.100.3/32: north", StringComparison.Ordinal);
        ZoneCompiler.Compile(PolicyFolder.ReadText(divided, new ProblemList())!, _ => { }, () => 1, problems);
        Assert.Contains("One DS record cannot fit the 3 zones", Assert.Single(problems.All).Fault, StringComparison.Ordinal);
    }

    internal static string Policy(string pool, string rules) => $$"""
        zones: 198.51.100.0/24
        soa: { primary: ns1.isp2.example., contact: hostmaster.isp2.example. }
        nameservers: ns1.isp2.example.
        alto-servers: { core: { uri: "https://alto0.example/ird" }, north: { uri: "https://alto1.example/ird" } }
        assignments:
          198.51.100.0/24: core
        nat:
          {{pool}}: {{rules}}

        """;

    private static IReadOnlyList<ZoneSnapshot> Compile(string text, string baseZone = "", ProblemList? problems = null)
    {
        var found = new ProblemList();
        var policy = PolicyReader.Read("policy.yaml", found, path => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(path == "policy.yaml" ? text : baseZone)));
        Assert.True(policy is not null, PolicyFolder.Lines(found) + text);
        problems ??= new ProblemList();
        var zones = ZoneCompiler.Compile(
            policy,
            add =>
            {
                using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes("$TTL 3600\n" + baseZone));
                MasterFileReader.Read(stream, "base.zone", ReverseName.FromPrefix(policy.Zones[0].Value.Truncate(policy.Zones[0].Value.Length / 8 * 8)), problems, add, new HashSet<string>());
            },
            () => 1,
            problems);
        Assert.False(problems.HasErrors, PolicyFolder.Lines(problems));
        return zones;
    }

    private static DomainName NameOf(IPPrefix zone, IPPrefix address) => ReverseZone.Covering(zone).First(part => part.Prefix.Contains(address)).NameOf(address);

    // The server that a resolver comes to, which follows a DNAME to where it leads (RFC 6672 §2.2).
    private static int Find(IReadOnlyList<ZoneSnapshot> zones, DomainName question)
    {
        var name = new LookupName();
        name.Set(question.Wire);
        var zone = new ZoneSet(zones).FindEnclosing(name);
        Assert.NotNull(zone);
        var found = ZoneLookup.Find(zone, name, RecordType.NAPTR);
        switch (found.Outcome)
        {
            case LookupOutcome.Found:
                var records = new RRsetDataEnumerator(zone.DataOf(zone.RRset(found.RRset)));
                Assert.True(records.MoveNext());
                var reader = new WireReader(records.Current);
                Assert.True(NaptrData.TryRead(ref reader, out var naptr));
                return naptr.Regexp.Span["!.*!https://alto".Length] - '0';
            case LookupOutcome.Redirection:
                var targets = new RRsetDataEnumerator(zone.DataOf(zone.RRset(found.RRset)));
                Assert.True(targets.MoveNext());
                var owner = zone.NameOf(found.Node);
                byte[] redirected = [.. question.Wire[..(question.Length - owner.Length)], .. targets.Current];
                Assert.True(DomainName.TryFromWire(redirected, out var target));
                return Find(zones, target);
            case LookupOutcome.Delegation:
                return NatScenario.Referred;
            default:
                return NatScenario.Nobody;
        }
    }
}
