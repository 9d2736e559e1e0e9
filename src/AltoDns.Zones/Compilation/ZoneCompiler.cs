// Compiles a policy into zones: the longest-prefix match happens here, once, and never when a question comes.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Compilation;

/// <summary>Turns a validated policy and its base records into frozen zones.</summary>
public static class ZoneCompiler
{
    /// <summary>Names that one assignment may expand to: a longer list is a mistake or wants the other publish mode.</summary>
    private const int MaxNamesPerAssignment = 65_536;

    /// <summary>Compiles all zones of a policy. What cannot be expressed is added to <paramref name="problems"/>.</summary>
    /// <param name="readBase">Gives the records of the policy's base zones, one by one; each is merged into the zone that encloses its owner.</param>
    /// <param name="defaultSerial">The SOA serial where neither the policy nor the base zone sets one.</param>
    /// <returns>One snapshot a zone; empty or incomplete where errors were added.</returns>
    public static IReadOnlyList<ZoneSnapshot> Compile(
        PolicyDocument policy, Action<Action<ZoneRecord>> readBase, uint defaultSerial, ProblemList problems)
    {
        var zones = policy.Zones.SelectMany(zone => ReverseZone.Covering(zone.Value)).ToList();
        var drafts = zones.ConvertAll(zone => new ZoneDraft(
            new ZoneBuilder(zone.Origin, EstimateNames(policy, zones.Count)), policy.File, problems));
        readBase(new BaseZoneMerger(drafts, problems).Add);
        if (problems.HasErrors)
        {
            return [];
        }

        var assignments = new AssignmentTable(policy.Assignments);
        var snapshots = new List<ZoneSnapshot>(zones.Count);
        for (var i = 0; i < zones.Count; i++)
        {
            if (CompileZone(drafts[i], zones[i], policy, assignments, defaultSerial, problems) is { } snapshot)
            {
                snapshots.Add(snapshot);
            }

            // A draft is as large as its zone; only one at a time need be held.
            drafts[i] = null!;
        }

        return snapshots;
    }

    /// <summary>The prefixes at whose names an assignment is published in a zone.</summary>
    public static IEnumerable<IPPrefix> NamesOf(IPPrefix assigned, ReverseZone zone, PublishMode mode)
    {
        var inZone = assigned.Contains(zone.Prefix) ? zone.Prefix : assigned;
        return mode switch
        {
            PublishMode.EveryName when inZone == zone.Prefix => [inZone],
            PublishMode.EveryName => PrefixExpander.Split(inZone, zone.IsClassless ? 32 : PrefixExpander.BoundaryOf(inZone)),
            _ => PrefixExpander.Split(inZone, PrefixExpander.DiscoveryLengthOf(inZone)),
        };
    }

    private static ZoneSnapshot? CompileZone(
        ZoneDraft draft, ReverseZone zone, PolicyDocument policy, AssignmentTable assignments, uint defaultSerial, ProblemList problems)
    {
        var builder = draft.Zone;
        if (!ApexCompiler.TryAdd(builder, policy, defaultSerial, problems))
        {
            return null;
        }

        foreach (var delegation in policy.Delegations.Where(delegation => zone.Prefix.Contains(delegation.Prefix)))
        {
            DelegationCompiler.Add(builder, zone, delegation, policy.TimeToLive, problems);
        }

        // What the base zone and the delegations make together must be a zone before anything is inherited in it.
        ZoneChecker.Check(draft);
        var inheritance = new Inheritance(builder, zone, policy, problems);
        var covering = assignments.LongestCovering(zone.Prefix);
        if (covering >= 0)
        {
            inheritance.Assign(covering, [zone.Prefix]);
        }

        foreach (var assignment in assignments.Within(zone.Prefix))
        {
            var entry = policy.Assignments[assignment];
            if (IsTooMany(entry, policy))
            {
                problems.Error(
                    new SourcePosition(policy.File, entry.Line, entry.Column),
                    $"The assignment of {entry.Prefix} would need more than {MaxNamesPerAssignment} names in publish mode rfc8686-names.",
                    "Assign a prefix of at least /112, or use publish: every-name.");
                continue;
            }

            inheritance.Assign(assignment, NamesOf(entry.Prefix, zone, policy.Publish));
        }

        inheritance.Apply([.. policy.Servers.Select(server => builder.DefineShared(DiscoveryRecords.Of(server), policy.TimeToLive))]);
        return builder.Freeze();
    }

    private static bool IsTooMany(AssignmentDocument entry, PolicyDocument policy) =>
        policy.Publish == PublishMode.Rfc8686Names
        && UInt128.One << (PrefixExpander.DiscoveryLengthOf(entry.Prefix) - entry.Prefix.Length) > MaxNamesPerAssignment;

    // Right by a factor of two for the mix of prefix lengths in the Internet's registries.
    private static int EstimateNames(PolicyDocument policy, int zones) => policy.Assignments.Count / zones * 8 + 64;
}
