// Finds where new names go among those of a zone, and which of their ancestors are missing.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

/// <summary>Takes new names in canonical order, none of which the zone has; used once.</summary>
internal sealed class NameInserter(ZoneSnapshot before, LabelAppender labels)
{
    private readonly LookupName _lookup = new();

    // Of the name added last: the deepest ancestor that the zone has, and the inserted nodes below it by depth.
    private readonly int[] _path = new int[DomainName.MaxLabels + 1];
    private int _pathAnchor = -1;
    private int _pathDepth;
    private int _position;

    /// <summary>New names with their missing ancestors, in canonical order.</summary>
    public List<InsertedNode> Nodes { get; } = [];

    /// <summary>Nodes of the zone that get new names below them.</summary>
    public HashSet<int> Anchors { get; } = [];

    public void Add(NewName name)
    {
        _lookup.Set(name.Name.Wire);
        _lookup.HashTo(_lookup.Depth);
        var anchor = before.FindDeepest(_lookup);
        int depth = before.Node(anchor).Depth;
        var parent = anchor;
        if (anchor == _pathAnchor)
        {
            while (depth < _pathDepth && labels.Get(Nodes[_path[depth + 1]].Label).SequenceEqual(_lookup.Label(depth + 1)))
            {
                parent = ~_path[++depth];
            }
        }

        // No name of the zone stands between a name that it lacks and those below it.
        var position = parent < 0 ? Nodes[~parent].Position : FindPosition(name.Name);
        while (depth < _lookup.Depth)
        {
            depth++;
            _path[depth] = Nodes.Count;
            Nodes.Add(new InsertedNode(
                position, parent, labels.Add(_lookup.Label(depth)), (byte)depth, _lookup.Hash(depth), depth == _lookup.Depth ? name.Place : default));
            parent = ~_path[depth];
        }

        (_pathAnchor, _pathDepth) = (anchor, _lookup.Depth);
        Anchors.Add(anchor);
    }

    // The first node of the zone that comes after a name; not before the one found last, as names come in order.
    private int FindPosition(DomainName name)
    {
        var low = _position;
        var step = 1;
        var high = low;
        while (high < before.NodeCount && IsBefore(high, name))
        {
            low = high + 1;
            high += step;
            step *= 2;
        }

        high = Math.Min(high, before.NodeCount);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = IsBefore(middle, name) ? (middle + 1, high) : (low, middle);
        }

        return _position = low;
    }

    private bool IsBefore(int node, DomainName name)
    {
        Span<byte> wire = stackalloc byte[DomainName.MaxLength];
        return WireName.CompareCanonical(wire[..before.WriteName(node, wire)], name.Wire) < 0;
    }
}

/// <summary>A name on its way into a zone.</summary>
/// <param name="Position">The node of the zone before which it goes.</param>
/// <param name="Parent">A node of the zone, or the complement of an index among the inserted ones.</param>
internal readonly record struct InsertedNode(int Position, int Parent, int Label, byte Depth, ulong Hash, RRsetPlace Place);
