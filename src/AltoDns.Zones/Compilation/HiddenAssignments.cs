// Finds the assignments that a compiled zone hides, as compiling it anew would.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

internal sealed class HiddenAssignments(ZoneSnapshot snapshot, ReverseZone zone, AssignmentNames names, AssignmentTable table)
{
    private const NodeFlags Hiding = NodeFlags.Cut | NodeFlags.Dname | NodeFlags.Cname;

    private readonly LookupName _lookup = new();

    /// <summary>The hidden assignments after some changed.</summary>
    /// <param name="before">Those hidden before.</param>
    /// <param name="changed">Prefixes that cover the zone or lie in it; their assignments may be gone.</param>
    public IReadOnlyList<HiddenAssignment> After(IReadOnlyList<HiddenAssignment> before, IReadOnlyList<IPPrefix> changed)
    {
        if (!HidesAny())
        {
            return [];
        }

        var suspects = before.Select(hidden => hidden.Prefix).ToHashSet();
        foreach (var prefix in changed)
        {
            suspects.Add(prefix);

            // Those that cover a changed one may gain or lose names to it.
            for (var length = 0; length < prefix.Length; length++)
            {
                suspects.Add(prefix.Truncate(length));
            }
        }

        return [.. suspects.Order().Select(Find).Where(hidden => hidden is not null).Select(hidden => hidden!.Value)];
    }

    private bool HidesAny()
    {
        foreach (var node in snapshot.InOrder)
        {
            if ((snapshot.Node(node).Flags & Hiding) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private HiddenAssignment? Find(IPPrefix prefix)
    {
        var assignment = table.Find(prefix);
        if (assignment < 0 || (prefix.Contains(zone.Prefix) && table.LongestCovering(zone.Prefix) != assignment))
        {
            return null;
        }

        foreach (var name in names.Of(prefix))
        {
            if (ReasonAt(name) is { } reason && names.AssignmentAt(name, table) == assignment)
            {
                return new HiddenAssignment(prefix, zone.NameOf(name), reason);
            }
        }

        return null;
    }

    private HidingReason? ReasonAt(IPPrefix prefix)
    {
        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        _lookup.Set(name[..zone.WriteName(prefix, name)]);
        var node = snapshot.FindDeepest(_lookup);
        var isThere = snapshot.Node(node).Depth == _lookup.Depth;
        var flags = snapshot.Node(snapshot.FindOccluder(node)).Flags;
        return (flags & NodeFlags.Cut) != 0 ? HidingReason.Cut
            : (flags & NodeFlags.Dname) != 0 ? HidingReason.Dname
            : isThere && (snapshot.Node(node).Flags & NodeFlags.Cname) != 0 ? HidingReason.Alias
            : null;
    }
}
