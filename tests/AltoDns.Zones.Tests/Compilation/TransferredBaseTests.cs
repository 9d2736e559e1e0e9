// Policies over transferred bases: compiled by the difference of policy and base they equal those compiled anew.

using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Tests.Serving;
using AltoDns.Zones.Transferred;

namespace AltoDns.Zones.Tests.Compilation;

public sealed class TransferredBaseTests
{
    private const int Rounds = 40;
    private const int Changes = 8;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 30)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_policy_whose_base_changed_equals_one_compiled_anew(int seed)
    {
        var random = new Random(seed);
        var (byDifference, edited) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var changes = new PolicyChanges(random, isTransferred: true);
            var store = new TransferredZones(null, TimeProvider.System);
            var serial = 1u;
            Transfer(changes, store, serial);
            var before = CompileAnew(changes, store);
            for (var change = 0; change < Changes; change++)
            {
                // Policy and base in turn, and both at once.
                var kind = random.Next(3);
                for (var count = kind == 0 ? 0 : random.Next(1, 4); count > 0; count--)
                {
                    changes.ChangeBase();
                }

                for (var count = kind == 1 ? 0 : random.Next(1, 3); count > 0; count--)
                {
                    changes.Change();
                }

                if (kind > 0)
                {
                    Transfer(changes, store, ++serial);
                }

                var anew = CompileAnew(changes, store);
                var policy = kind == 1 ? before.Document : changes.Policy;
                var bases = TransferredBases.Of(policy, store);
                if (IncrementalCompiler.TryCompile(before, policy, () => 1, bases) is not { } compiled)
                {
                    before = anew;
                    continue;
                }

                byDifference++;
                edited += AssertEqual(anew, compiled, before, changes);
                before = compiled;
            }
        }

        Assert.InRange(byDifference, Rounds * Changes / 4, int.MaxValue);
        Assert.InRange(edited, byDifference / 8, int.MaxValue);
    }

    [Fact]
    public void Nothing_of_the_bases_signer_is_left()
    {
        var changes = new PolicyChanges(new Random(3), isTransferred: true);
        var store = new TransferredZones(null, TimeProvider.System);
        Transfer(changes, store, 2);
        foreach (var zone in CompileAnew(changes, store).Zones.Select(zone => zone.Snapshot))
        {
            Assert.Null(zone.Nsec3);
            Assert.False(zone.HasSignatures);
            for (var rrset = 0; rrset < zone.RRsetCount; rrset++)
            {
                Assert.DoesNotContain(zone.RRset(rrset).Type, (RecordType[])[RecordType.NSEC, RecordType.NSEC3PARAM, RecordType.DS, RecordType.DNSKEY]);
            }
        }
    }

    private static void Transfer(PolicyChanges changes, TransferredZones store, uint serial)
    {
        foreach (var origin in changes.Origins)
        {
            store.Put(changes.BaseOf(origin, serial), null);
        }
    }

    private static CompiledPolicy CompileAnew(PolicyChanges changes, TransferredZones store)
    {
        var problems = new ProblemList();
        var policy = changes.Policy;
        var zones = ZoneCompiler.CompileZones(policy, _ => { }, () => 1, problems, TransferredBases.Of(policy, store));
        Assert.False(problems.HasErrors);
        return CompiledPolicy.Of(policy, zones, problems.All);
    }

    // Returns how many zones were edited and not compiled anew.
    private static int AssertEqual(CompiledPolicy expected, CompiledPolicy actual, CompiledPolicy before, PolicyChanges changes)
    {
        var edited = 0;
        Assert.Equal(Problems(expected, changes), Problems(actual, changes));
        foreach (var zone in expected.Zones)
        {
            var origin = zone.Snapshot.Origin;
            var found = actual.Zones.SingleOrDefault(other => other.Snapshot.Origin == origin);
            Assert.NotNull(found);
            Assert.Same(zone.Base, found.Base);
            var text = SnapshotText.Of(ZoneSerial.Set(found.Snapshot, 0));
            Assert.Equal(SnapshotText.Of(ZoneSerial.Set(zone.Snapshot, 0)), text);
            if (before.Zones.SingleOrDefault(other => other.Snapshot.Origin == origin) is { } last && !ReferenceEquals(last.Snapshot, found.Snapshot))
            {
                Assert.InRange((int)(found.Snapshot.Serial - last.Snapshot.Serial), 1, int.MaxValue);
                edited += last.Snapshot.Parts.Lineage == found.Snapshot.Parts.Lineage ? 1 : 0;
            }
            else if (before.Zones.SingleOrDefault(other => other.Snapshot.Origin == origin) is { } same)
            {
                Assert.Equal(SnapshotText.Of(ZoneSerial.Set(same.Snapshot, 0)), text);
            }
        }

        Assert.Equal(expected.Zones.Count, actual.Zones.Count);
        return edited;
    }

    private static List<string> Problems(CompiledPolicy compiled, PolicyChanges changes)
    {
        var problems = new ProblemList();
        ZoneCompiler.ReportHidden(changes.Policy, compiled.Zones, problems);
        return [.. compiled.Problems.Concat(compiled.Zones.SelectMany(zone => zone.Problems)).Concat(problems.All).Select(problem => problem.ToString()).Order(StringComparer.Ordinal)];
    }
}
