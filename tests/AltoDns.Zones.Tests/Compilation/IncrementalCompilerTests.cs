// Policies compiled by their difference equal policies compiled anew, problems included.

using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Tests.Serving;

namespace AltoDns.Zones.Tests.Compilation;

public sealed class IncrementalCompilerTests
{
    private const int Rounds = 60;
    private const int Changes = 8;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 30)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_policy_compiled_by_its_difference_equals_one_compiled_anew(int seed)
    {
        var random = new Random(seed);
        var (byDifference, asWhole, unchanged) = (0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var changes = new PolicyChanges(random);
            if (CompileAnew(changes) is not { } before)
            {
                continue;
            }

            for (var change = 0; change < Changes; change++)
            {
                for (var count = random.Next(1, 4); count > 0; count--)
                {
                    changes.Change();
                }

                var anew = CompileAnew(changes);
                var compiled = IncrementalCompiler.TryCompile(before, changes.Policy, () => 1);
                if (anew is null)
                {
                    Assert.Null(compiled);
                    break;
                }

                if (compiled is null)
                {
                    asWhole++;
                    before = anew;
                    continue;
                }

                byDifference++;
                unchanged += AssertEqual(anew, compiled, before, changes);
                before = compiled;
            }
        }

        // Neither way is the rule without exception.
        Assert.True(byDifference > asWhole, $"{byDifference} by difference, {asWhole} as a whole");
        Assert.True(asWhole > 0 && unchanged > 0);
    }

    private static CompiledPolicy? CompileAnew(PolicyChanges changes)
    {
        var problems = new ProblemList();
        var policy = changes.Policy;
        var zones = ZoneCompiler.CompileZones(policy, changes.ReadBase, () => 1, problems);
        return problems.HasErrors ? null : CompiledPolicy.Of(policy, zones, problems.All);
    }

    // Returns how many zones are those of before.
    private static int AssertEqual(CompiledPolicy expected, CompiledPolicy actual, CompiledPolicy before, PolicyChanges changes)
    {
        Assert.Equal(expected.Zones.Count, actual.Zones.Count);
        Assert.Equal(expected.Assignments.Read(), actual.Assignments.Read());
        Assert.Equal(Problems(expected, changes), Problems(actual, changes));
        var same = 0;
        for (var i = 0; i < expected.Zones.Count; i++)
        {
            var text = SnapshotText.Of(ZoneSerial.Set(actual.Zones[i].Snapshot, 0));
            Assert.Equal(SnapshotText.Of(ZoneSerial.Set(expected.Zones[i].Snapshot, 0)), text);

            // A zone keeps its serial as long as nothing changes in it, and no longer.
            var isSame = ReferenceEquals(before.Zones[i].Snapshot, actual.Zones[i].Snapshot);
            Assert.Equal(isSame, text == SnapshotText.Of(ZoneSerial.Set(before.Zones[i].Snapshot, 0)));
            if (!isSame && changes.Policy.Soa is { Serial: null })
            {
                Assert.Equal(before.Zones[i].Snapshot.Serial + 1, actual.Zones[i].Snapshot.Serial);
            }

            same += isSame ? 1 : 0;
        }

        return same;
    }

    private static List<string> Problems(CompiledPolicy compiled, PolicyChanges changes)
    {
        var problems = new ProblemList();
        ZoneCompiler.ReportHidden(changes.Policy, compiled.Zones, problems);
        return [.. compiled.Problems.Concat(problems.All).Select(problem => problem.ToString())];
    }
}
