// Appends edits of names to a zone, whose versions share all the rest: the cost is that of the edits, however large the zone is.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

/// <summary>
/// A name that is new gets a node behind all others. A name that has one gets another in its place, which the index then leads to; one that
/// is gone gets another that says so. Nothing that a reader of an earlier version sees is written to: it goes back from the nodes that it
/// does not reach, see <see cref="NodeLog"/>. Used once.
/// <code>
/// index:  "a" → 7 → (3)    nodes:  0 … 3 …  |  6: new "b"   7: "a" once more   8: "b" is gone
///         "b" → 8 → (6)            frozen   |  appended
/// </code>
/// </summary>
/// <param name="rrsets">Those of the zone before and all that the edits refer to.</param>
internal sealed class NameAppender(ZoneSnapshot before, RRsetAppender rrsets)
{
    private readonly LookupName _lookup = new();
    private readonly NodeAppender _nodes = new(before);
    private readonly LabelAppender _labels = new(before.Parts);
    private readonly PriorityQueue<int, int> _removable = new();
    private readonly byte[] _name = new byte[DomainName.MaxLength];
    private IdOrder _order = before.Parts.Order ?? IdOrder.UpTo(before.NodeEnd);
    private int _count = before.NodeCount;
    private ZoneDepths _depths = before.Parts.Depths;
    private long _unused;

    private NodeNames Names => new(before.Origin, _nodes.Nodes, _labels.Array);

    /// <summary>Whether an edit hides names below or lays them open: all of them would have to be edited.</summary>
    public static bool HidesOthers(ZoneSnapshot before, RRsetAppender rrsets, List<NodeEdit> edits)
    {
        foreach (var edit in edits)
        {
            ref readonly var node = ref before.Node(edit.Node);
            var isWildcard = edit.Node != ZoneSnapshot.Apex && IsWildcard(before.LabelOf(edit.Node));
            var flags = NodeTraits.Of(rrsets.RRsets.Slice(edit.Place.First, edit.Place.Count), edit.Node == ZoneSnapshot.Apex, isWildcard)
                | node.Flags & NodeFlags.Occluded;

            // Below a cut names may be glue, below a DNAME they are nothing (RFC 6672 §2.4).
            if (((flags ^ node.Flags) & (NodeFlags.Cut | NodeFlags.Dname)) != 0
                && NameOrder.HasDescendants(before, edit.Node))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The zone's names with all edits made; the RRsets are still those before.</summary>
    /// <param name="edits">In ascending order of node, none twice.</param>
    /// <param name="names">Names that the zone lacks, in canonical order, none twice, none without RRsets.</param>
    public ZoneParts Run(List<NodeEdit> edits, List<NewName> names)
    {
        if (names.Count > 0 || edits.Exists(edit => edit.Node != ZoneSnapshot.Apex))
        {
            _nodes.Claim(names.Sum(name => name.Name.LabelCount - before.OriginDepth));
        }

        foreach (var edit in edits)
        {
            Edit(edit);
        }

        foreach (var name in names)
        {
            Add(name);
        }

        RemoveEmpty();
        return _nodes.Build(_labels.Build(before.Parts)) with
        {
            NodeCount = _count,
            Order = _nodes.IsChanged ? _order : before.Parts.Order,
            Depths = _depths,
            Unused = before.Parts.Unused + _unused,
        };
    }

    private static bool IsWildcard(ReadOnlySpan<byte> label) => label is [1, (byte)'*'];

    private void Edit(in NodeEdit edit)
    {
        _unused += SnapshotCompactor.OctetsOwnedBy(before, edit.Node);
        ref var node = ref Own(edit.Node);
        node = node with { FirstRRset = edit.Place.First, RRsetCount = edit.Place.Count, Flags = FlagsOf(edit.Node, node, edit.Place) };
        if (edit.Place.Count == 0)
        {
            _removable.Enqueue(edit.Node, -node.Depth);
        }
    }

    private NodeFlags FlagsOf(int id, in ZoneNode node, RRsetPlace place)
    {
        var isApex = id == ZoneSnapshot.Apex;
        return NodeTraits.Of(rrsets.RRsets.Slice(place.First, place.Count), isApex, !isApex && IsWildcard(_labels.Get(node.Label)))
            | node.Flags & NodeFlags.Occluded;
    }

    // Adds a name with its missing ancestors, each below one that is there by then.
    private void Add(in NewName name)
    {
        _lookup.Set(name.Name.Wire);
        _lookup.HashTo(_lookup.Depth);
        var parent = _nodes.Newest(before.FindDeepest(_lookup));
        for (var depth = _nodes[parent].Depth + 1; depth <= _lookup.Depth; depth++)
        {
            var identity = _nodes.Identity(parent);
            var found = _nodes.Find(_lookup.Hash(depth), identity, _lookup.Label(depth), _labels.Array);
            parent = found >= 0 && _nodes[found].Depth == depth
                ? found
                : AddNode(parent, identity, depth, found, depth == _lookup.Depth ? name.Place : default);
        }
    }

    /// <param name="gone">The node of the name if it was there once and is gone; -1 for none.</param>
    private int AddNode(int parent, int identity, int depth, int gone, RRsetPlace place)
    {
        var label = _lookup.Label(depth);
        var node = new ZoneNode
        {
            Parent = identity,
            Label = gone >= 0 ? _nodes[gone].Label : _labels.Add(label),
            Depth = (byte)depth,
            FirstRRset = place.First,
            RRsetCount = place.Count,
            Flags = NodeTraits.Inherited(_nodes[parent].Flags),
        };
        node = node with { Flags = FlagsOf(-1, node, place) };
        var id = _nodes.Add(node, gone, _lookup.Hash(depth));
        _order = _order.Insert(new NameKey(Names, _lookup.Suffix(depth), depth, identity), id);
        _count++;
        _depths = _depths.Including(depth, IsWildcard(label));
        if (IsWildcard(label))
        {
            ref var owner = ref Own(parent);
            owner = owner with { Wildcard = id };
        }

        return id;
    }

    // RFC 8020 §2: a name without RRsets that has no name below it is gone. The deepest come first.
    private void RemoveEmpty()
    {
        var seen = new HashSet<int>();
        while (_removable.TryDequeue(out var node, out _))
        {
            node = _nodes.Newest(node);
            if (node == ZoneSnapshot.Apex || _nodes[node].Depth == ZoneNode.GoneDepth || !seen.Add(node) || _nodes[node].RRsetCount > 0 || HasChild(node))
            {
                continue;
            }

            var parent = _nodes.Current(_nodes[node].Parent, Names);
            Remove(node, parent);
            if (_nodes[parent].RRsetCount == 0)
            {
                _removable.Enqueue(parent, -_nodes[parent].Depth);
            }
        }
    }

    private void Remove(int node, int parent)
    {
        _order = _order.Remove(KeyOf(node));
        var isWildcard = IsWildcard(_labels.Get(_nodes[node].Label));
        ref var gone = ref Own(node, isInOrder: false);
        gone = gone with { Depth = ZoneNode.GoneDepth, RRsetCount = 0, FirstRRset = 0, Wildcard = 0 };
        _count--;
        if (isWildcard)
        {
            ref var owner = ref Own(parent);
            owner = owner with { Wildcard = 0 };
        }
    }

    private bool HasChild(int node) => _order.FindAfter(KeyOf(node)) is >= 0 and var next && _nodes[next].Depth > _nodes[node].Depth;

    // The node of a name in the version that is being made, to be written to.
    private ref ZoneNode Own(int node, bool isInOrder = true)
    {
        node = _nodes.Newest(node);
        if (!_nodes.IsOwn(node))
        {
            var id = _nodes.Supersede(node, Names.HashOf(node));
            if (isInOrder)
            {
                _order = _order.Replace(KeyOf(node), id);
            }

            // A wildcard's parent leads to it.
            if (IsWildcard(_labels.Get(_nodes[id].Label)))
            {
                ref var parent = ref Own(_nodes.Current(_nodes[id].Parent, Names));
                parent = parent with { Wildcard = id };
            }

            node = id;
        }

        return ref _nodes.Writable(node);
    }

    private NameKey KeyOf(int node) =>
        new(Names, _name.AsSpan(0, Names.WriteName(node, _name)), _nodes[node].Depth, _nodes[node].Parent);
}
