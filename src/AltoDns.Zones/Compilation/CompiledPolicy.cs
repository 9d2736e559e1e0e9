// What compiling a policy came to, kept so that the next version of it can be compiled by its difference.

using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

/// <param name="Hidden">Assignments that some name of the zone cannot carry.</param>
internal sealed record CompiledZone(ZoneSnapshot Snapshot, IReadOnlyList<HiddenAssignment> Hidden)
{
    /// <summary>The transferred zone that is merged in; null for none.</summary>
    public ZoneSnapshot? Base { get; init; }

    /// <summary>What was found in a zone with a transferred base; of other zones the policy keeps it.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];
}

/// <summary>Immutable.</summary>
internal sealed record CompiledPolicy
{
    private CompiledPolicy(PolicyDocument document, AssignmentDigest assignments)
    {
        Document = document;
        Assignments = assignments;
    }

    /// <summary>Without its assignments, which take ten times as much room as their digest, unless a transferred base may change at any time.</summary>
    public PolicyDocument Document { get; }

    public AssignmentDigest Assignments { get; }

    /// <summary>In the order listed; one whose base has not come is not among them.</summary>
    public required IReadOnlyList<CompiledZone> Zones { get; init; }

    /// <summary>What compiling found, hidden assignments left out.</summary>
    public required IReadOnlyList<Problem> Problems { get; init; }

    public static CompiledPolicy Of(PolicyDocument policy, IReadOnlyList<CompiledZone> zones, IReadOnlyList<Problem> problems) =>
        new(policy.HasTransfers ? policy : policy with { Assignments = [] }, AssignmentDigest.Of(new AssignmentTable(policy.Assignments)))
        {
            Zones = zones,
            Problems = problems,
        };
}
