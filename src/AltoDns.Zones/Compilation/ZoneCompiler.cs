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

    /// <summary>Compiles all zones without reporting their hidden assignments; those whose base is missing or has errors are left out.</summary>
    /// <param name="bases">The bases that are transferred; <paramref name="readBase"/> gives the others.</param>
    /// <inheritdoc cref="Compile"/>
    internal static IReadOnlyList<CompiledZone> CompileZones(
        PolicyDocument policy, Action<Action<ZoneRecord>> readBase, Func<uint> defaultSerial, ProblemList problems, TransferredBases? bases = null)
    {
        bases ??= TransferredBases.None;
        var contents = ZoneContent.Of(policy);
        var drafts = contents.Select(content => bases.Find(content.Origin) is null
            ? new ZoneDraft(new ZoneBuilder(content.Origin, content.EstimatedNames), policy.File, problems)
            : null).ToArray();
        readBase(new BaseZoneMerger([.. contents.Zip(drafts).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!))], problems).Add);
        if (problems.HasErrors)
        {
            return [];
        }

        var serial = defaultSerial();
        var zones = new List<CompiledZone>(drafts.Length);
        for (var i = 0; i < drafts.Length; i++)
        {
            if (bases.Missing.ContainsKey(contents[i].Origin))
            {
                continue;
            }

            if (drafts[i] is not { } draft)
            {
                if (CompileOver(contents[i], policy, bases, serial) is { } zone)
                {
                    zones.Add(zone);
                }
            }
            else if (ApexCompiler.TryAdd(draft.Zone, policy, serial, problems))
            {
                var hidden = contents[i].AddTo(draft, problems);
                zones.Add(new CompiledZone(draft.Zone.Freeze(), hidden));
            }

            // A draft is as large as its zone; only one at a time need be held.
            drafts[i] = null;
        }

        return zones;
    }

    /// <summary>Compiles one zone over its transferred base. What is wrong with the base is no error of the policy: the zone is left out then.</summary>
    /// <returns>Null, with warnings among the bases' faults, where the zone has errors.</returns>
    internal static CompiledZone? CompileOver(ZoneContent content, PolicyDocument policy, TransferredBases bases, uint serial)
    {
        var source = bases.Find(content.Origin)!.Snapshot;
        var found = new ProblemList();
        var builder = new ZoneBuilder(content.Origin, Math.Max(content.EstimatedNames, source.NodeCount));
        var draft = new ZoneDraft(builder, $"base {content.Origin}", found);
        TransferredBases.AddTo(draft, content, source, found);
        if (ApexCompiler.TryAdd(builder, policy, bases.SerialOf(content.Origin, serial), found))
        {
            var hidden = content.AddTo(draft, found);
            if (!found.HasErrors)
            {
                return new CompiledZone(builder.Freeze(), hidden) { Base = source, Problems = found.All };
            }
        }

        foreach (var problem in found.All)
        {
            bases.Faults.Add(problem.Severity == Severity.Error
                ? problem with { Severity = Severity.Warning, Remedy = $"{problem.Remedy} Until then the zone stays as it was." }
                : problem);
        }

        return null;
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
