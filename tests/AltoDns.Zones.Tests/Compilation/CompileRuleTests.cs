using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Scenarios;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using FsCheck;
using FsCheck.Fluent;

namespace AltoDns.Zones.Tests.Compilation;

public sealed class CompileRuleTests
{
    [Fact]
    public void Every_address_gets_the_server_of_its_longest_prefix_in_one_lookup()
    {
        Check.One(Config, Prop.ForAll(PolicyScenarioGenerator.Scenarios(), scenario =>
        {
            var zone = Compile(scenario, PublishMode.EveryName);
            foreach (var address in scenario.Addresses)
            {
                var (outcome, server) = scenario.Expect(address);
                var found = Find(zone, address);
                Assert.True(
                    Matches(outcome, server, found),
                    $"{address}: expected {outcome} {server}, found {found.Outcome} {found.Server}");
            }
        }));
    }

    [Fact]
    public void The_walk_of_RFC_8686_finds_the_same_server_in_either_publish_mode()
    {
        Check.One(Config, Prop.ForAll(PolicyScenarioGenerator.Scenarios(), scenario =>
        {
            // A cut or a DNAME answers from elsewhere, so the walk is only ours without them.
            var open = scenario with { Delegations = [], Base = [.. scenario.Base.Where(entry => entry.Kind == BaseKind.Ptr)] };
            open = open with { Assignments = [.. open.Assignments.Where(entry => !entry.Prefix.IsIPv6 || entry.Prefix.Length is <= 64 or >= 116)] };
            foreach (var mode in Enum.GetValues<PublishMode>())
            {
                var zone = Compile(open, mode);
                foreach (var address in open.Addresses)
                {
                    var expected = open.Expect(address).Server;
                    Assert.Equal(expected, Walk(zone, address));
                }
            }
        }));
    }

    private static Config Config => Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(14);

    private static bool Matches(LookupOutcome outcome, int server, (LookupOutcome Outcome, int Server) found) => outcome switch
    {
        LookupOutcome.NameError => found.Outcome is LookupOutcome.NameError or LookupOutcome.NoData,
        LookupOutcome.Found => found == (outcome, server),
        _ => found.Outcome == outcome,
    };

    private static ZoneSnapshot Compile(PolicyScenario scenario, PublishMode mode)
    {
        var problems = new ProblemList();
        var zones = ZoneCompiler.Compile(scenario.ToPolicy(mode), scenario.ReadBase, () => 1, problems);
        Assert.False(problems.HasErrors, string.Join('\n', problems.All));
        return Assert.Single(zones);
    }

    private static (LookupOutcome Outcome, int Server) Find(ZoneSnapshot zone, IPPrefix prefix)
    {
        var name = new LookupName();
        name.Set(ReverseName.FromPrefix(prefix).Wire);
        if (!zone.Origin.Wire.SequenceEqual(name.Suffix(zone.OriginDepth)))
        {
            return (LookupOutcome.NameError, -1);
        }

        var found = ZoneLookup.Find(zone, name, RecordType.NAPTR);
        return (found.Outcome, found.Outcome == LookupOutcome.Found ? ServerOf(zone, found.RRset) : -1);
    }

    private static int Walk(ZoneSnapshot zone, IPPrefix address)
    {
        int[] lengths = address.IsIPv6 ? [128, 64, 56, 48, 40, 32] : [32, 24, 16, 8];
        return lengths
            .Where(length => length >= zone.Prefix().Length)
            .Select(length => Find(zone, address.Truncate(length)).Server)
            .FirstOrDefault(server => server >= 0, -1);
    }

    private static int ServerOf(ZoneSnapshot zone, int rrset)
    {
        var records = new RRsetDataEnumerator(zone.DataOf(zone.RRset(rrset)));
        Assert.True(records.MoveNext());
        var reader = new WireReader(records.Current);
        Assert.True(NaptrData.TryRead(ref reader, out var naptr));
        return naptr.Regexp.Span["!.*!https://alto".Length] - '0';
    }
}

file static class ZonePrefixes
{
    public static IPPrefix Prefix(this ZoneSnapshot zone)
    {
        Assert.True(ReverseName.TryGetPrefix(zone.Origin, out var prefix));
        return prefix;
    }
}
