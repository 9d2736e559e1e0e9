// Compiles a policy into zones: the longest-prefix match happens here, once, and never when a question comes.

using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Compilation;

/// <summary>Turns a validated policy and its base records into frozen zones.</summary>
public static class ZoneCompiler
{
    /// <summary>Compiles all zones of a policy. What cannot be expressed is added to <paramref name="problems"/>.</summary>
    /// <param name="readBase">Gives the records of the policy's base zones, one by one; each is merged into the zone that encloses its owner.</param>
    /// <param name="defaultSerial">The SOA serial where neither the policy nor the base zone sets one; asked for after the base has been read.</param>
    /// <returns>One snapshot a zone, in the order listed; empty or incomplete where errors were added.</returns>
    public static IReadOnlyList<ZoneSnapshot> Compile(
        PolicyDocument policy, Action<Action<ZoneRecord>> readBase, Func<uint> defaultSerial, ProblemList problems)
    {
        var zones = CompileZones(policy, readBase, defaultSerial, problems);
        ReportHidden(policy, zones, problems);
        return [.. zones.Select(zone => zone.Snapshot)];
    }

    /// <summary>Compiles all zones without reporting their hidden assignments.</summary>
    /// <inheritdoc cref="Compile"/>
    internal static IReadOnlyList<CompiledZone> CompileZones(
        PolicyDocument policy, Action<Action<ZoneRecord>> readBase, Func<uint> defaultSerial, ProblemList problems)
    {
        var contents = ZoneContent.Of(policy);
        var drafts = contents.Select(content => new ZoneDraft(
            new ZoneBuilder(content.Origin, content.EstimatedNames), policy.File, problems)).ToArray();
        readBase(new BaseZoneMerger([.. contents.Zip(drafts)], problems).Add);
        if (problems.HasErrors)
        {
            return [];
        }

        var serial = defaultSerial();
        var zones = new List<CompiledZone>(drafts.Length);
        for (var i = 0; i < drafts.Length; i++)
        {
            if (ApexCompiler.TryAdd(drafts[i].Zone, policy, serial, problems))
            {
                var hidden = contents[i].AddTo(drafts[i], problems);
                zones.Add(new CompiledZone(drafts[i].Zone.Freeze(), hidden));
            }

            // A draft is as large as its zone; only one at a time need be held.
            drafts[i] = null!;
        }

        return zones;
    }

    /// <summary>Warns of hidden assignments in the order of the policy's lines.</summary>
    internal static void ReportHidden(PolicyDocument policy, IEnumerable<CompiledZone> zones, ProblemList problems)
    {
        var hidden = zones.SelectMany(zone => zone.Hidden).ToList();
        if (hidden.Count == 0)
        {
            return;
        }

        var table = new AssignmentTable(policy.Assignments);
        foreach (var (entry, assignment) in hidden
            .Select(entry => (entry, policy.Assignments[table.Find(entry.Prefix)]))
            .OrderBy(pair => (pair.Item2.Line, pair.Item2.Column)))
        {
            entry.Report(new SourcePosition(policy.File, assignment.Line, assignment.Column), problems);
        }
    }
}
