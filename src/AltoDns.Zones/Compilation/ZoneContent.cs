// What a policy puts into one of its zones: the zones differ in this, and in nothing else.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Compilation;

/// <summary>One zone of a policy, in the reverse tree or outside it.</summary>
/// <param name="origin">The name of its apex.</param>
/// <param name="position">Where the policy lists it; zones that come from one prefix share the place.</param>
internal abstract class ZoneContent(DomainName origin, SourcePosition position)
{
    public DomainName Origin { get; } = origin;

    public SourcePosition Position { get; } = position;

    /// <summary>How many names to make room for; a guess.</summary>
    public virtual int EstimatedNames => 64;

    /// <summary>Why a record of the base zone is not served, as a sentence; null where it is.</summary>
    public abstract string? ReasonToLeaveOut(ZoneRecord record);

    /// <summary>The part of the reverse tree that it is; null for a zone outside.</summary>
    public virtual ReverseZone? Zone => null;

    /// <summary>Checks a zone that holds its apex and base records, and adds what the policy publishes in it.</summary>
    /// <returns>The assignments that cannot be published at all their names.</returns>
    public abstract IReadOnlyList<HiddenAssignment> AddTo(ZoneDraft draft, ProblemList problems);

    /// <summary>The zones of a policy in the order listed.</summary>
    public static IReadOnlyList<ZoneContent> Of(PolicyDocument policy)
    {
        var reverse = policy.Zones.SelectMany(zone => ReverseZone.Covering(zone.Value), (listed, zone) => (zone, listed.Position)).ToList();
        var assignments = new Lazy<AssignmentTable>(() => new AssignmentTable(policy.Assignments));
        return
        [
            .. reverse.Select(entry => new ReverseZoneContent(entry.zone, entry.Position, policy, assignments))
                .Concat<ZoneContent>(policy.ForwardZones.Select(zone => new ForwardZoneContent(zone, policy)))
                .OrderBy(zone => (zone.Position.Line, zone.Position.Column)),
        ];
    }
}
