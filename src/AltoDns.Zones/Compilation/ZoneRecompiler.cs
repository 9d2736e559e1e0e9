// Edits a compiled zone of the reverse tree so that it equals one compiled anew after some assignments changed.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

/// <summary>
/// Looks at the names of the changed assignments, at those that inherit from them, and at the names above, which may come to exist or
/// cease to. What a name has of its own is read from the zone before. Used once.
/// </summary>
/// <param name="servers">For each server of the policy what it publishes.</param>
/// <param name="budget">Names to look at before it is better to compile the whole.</param>
internal sealed class ZoneRecompiler(
    CompiledZone before, ReverseZone zone, PolicyDocument policy, AssignmentTable table, Lazy<ServerContent>[] servers, int budget)
{
    private readonly OwnRRsets _own = new(before.Snapshot, policy.TimeToLive);
    private readonly ZoneSnapshot _zone = before.Snapshot;
    private readonly AssignmentNames _names = new(zone, policy.Publish);
    private NameEditor? _created;
    private readonly LookupName _lookup = new();

    // Whether names above those of changed assignments go on to exist.
    private readonly Dictionary<int, bool> _isAlive = [];

    /// <summary>Names that may still be looked at.</summary>
    public int Budget { get; private set; } = budget;

    private NameEditor Editor => _created ??= new NameEditor(_zone, zone, policy, table, servers, _own);

    /// <summary>The zone after the changes, the same object where they change nothing in it; null where it has to be compiled as a whole.</summary>
    /// <param name="changed">Prefixes that cover the zone or lie in it.</param>
    public CompiledZone? Run(IReadOnlyList<IPPrefix> changed, Func<uint> defaultSerial)
    {
        if (_zone.HasSignatures || _zone.Nsec3 is not null)
        {
            return null;
        }

        var covering = table.LongestCovering(zone.Prefix) is >= 0 and var longest ? policy.Assignments[longest].Prefix.Length : -1;
        foreach (var prefix in changed)
        {
            // What covers a longer assignment that covers the zone has no part in it.
            if (prefix.Contains(zone.Prefix) && prefix.Length < covering)
            {
                continue;
            }

            if (_names.AreTooMany(prefix))
            {
                return null;
            }

            foreach (var name in _names.Of(prefix))
            {
                Visit(name);
                if (Budget < 0 || Editor.HasFailed)
                {
                    return null;
                }
            }
        }

        var hidden = new HiddenAssignments(_zone, zone, _names, table).After(before.Hidden, changed);
        return Editor.Build(defaultSerial, policy.Soa is null ? before.Base : null) is { } edited
            ? before with { Snapshot = edited, Hidden = hidden }
            : Editor.HasFailed ? null : before with { Hidden = hidden };
    }

    // A name of a changed assignment, with all that may depend on it.
    private void Visit(IPPrefix name)
    {
        Budget--;
        var node = FindDeepest(name);
        var isThere = _zone.Node(node).Depth == _lookup.Depth;
        if (!isThere)
        {
            if (_names.AnyAtOrBelow(name, table))
            {
                Editor.Create(name, node);
            }

            return;
        }

        if (!_names.AreInherited)
        {
            Editor.Update(node, name, isAlive: true);
            return;
        }

        VisitSubtree(node, out _);
        VisitAncestors(node);
    }

    // Returns whether the name exists from now on.
    private bool VisitSubtree(int node, out int next)
    {
        Budget--;
        next = NameOrder.After(_zone, node);
        if (!TryGetPrefix(node, out var prefix))
        {
            // A name that is no address is the base zone's, with all below it.
            next = EndOf(node);
            return true;
        }

        var isAlive = node == ZoneSnapshot.Apex || _own.HasAny(node) || _names.AnyAtOrBelow(prefix, table);
        while (next >= 0 && _zone.Node(next).Depth > _zone.Node(node).Depth && Budget >= 0)
        {
            if (next == _zone.Node(node).Wildcard)
            {
                isAlive |= _own.HasAny(next) || EndOf(next) != NameOrder.After(_zone, next);
                next = EndOf(next);
            }
            else
            {
                isAlive |= VisitSubtree(next, out next);
            }
        }

        Editor.Update(node, prefix, isAlive);
        return isAlive;
    }

    // A name above may have existed for the sake of those below it only.
    private void VisitAncestors(int node)
    {
        for (node = _zone.ParentOf(node); node != ZoneSnapshot.Apex; node = _zone.ParentOf(node))
        {
            if (!_isAlive.TryGetValue(node, out var isAlive))
            {
                TryGetPrefix(node, out var prefix);
                _isAlive[node] = isAlive = _names.AnyAtOrBelow(prefix, table) || HasOwnAtOrBelow(node);
                if (!isAlive)
                {
                    Editor.Update(node, prefix, isAlive);
                }
            }

            if (isAlive)
            {
                return;
            }
        }
    }

    private bool HasOwnAtOrBelow(int top)
    {
        var end = EndOf(top);
        for (var node = top; node != end; node = NameOrder.After(_zone, node))
        {
            Budget--;
            if (_own.HasAny(node))
            {
                return true;
            }
        }

        return false;
    }

    // The first node behind those below a node; -1 where the zone ends with them.
    private int EndOf(int node)
    {
        var end = NameOrder.After(_zone, node);
        while (end >= 0 && _zone.Node(end).Depth > _zone.Node(node).Depth)
        {
            end = NameOrder.After(_zone, end);
        }

        return end;
    }

    private int FindDeepest(IPPrefix prefix)
    {
        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        _lookup.Set(name[..zone.WriteName(prefix, name)]);
        return _zone.FindDeepest(_lookup);
    }

    private bool TryGetPrefix(int node, out IPPrefix prefix)
    {
        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        return zone.TryGetPrefix(name[.._zone.WriteName(node, name)], out prefix);
    }
}
