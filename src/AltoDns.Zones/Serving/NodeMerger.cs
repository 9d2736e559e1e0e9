// Edits the names of a zone: gives some other RRsets, puts new ones among them, takes out those that have nothing left.

namespace AltoDns.Zones.Serving;

/// <summary>Copies the names once, in order of memory, whatever the number of edits. Used once.</summary>
/// <param name="before">Frozen.</param>
/// <param name="rrsets">Those of the zone before and all that the edits refer to.</param>
/// <param name="edits">In ascending order of node, none twice.</param>
/// <param name="names">Names that the zone lacks, in canonical order, none twice, none without RRsets.</param>
internal sealed class NodeMerger(ZoneSnapshot before, RRsetAppender rrsets, List<NodeEdit> edits, List<NewName> names)
{
    private readonly ZoneNode[] _old = before.Parts.Nodes.First;
    private readonly LabelAppender _labels = new(before.Parts);
    private ZoneNode[] _nodes = [];
    private NameIndex _index = before.Parts.Index;
    private long _unused;

    /// <summary>The zone's names with all edits made, in canonical order; the RRsets are still those before.</summary>
    public ZoneParts Run()
    {
        var inserted = new NameInserter(before, _labels);
        foreach (var name in names)
        {
            inserted.Add(name);
        }

        var removed = new NameRemover(before, edits, inserted.Anchors).Find();
        foreach (var edit in edits)
        {
            _unused += SnapshotCompactor.OctetsOwnedBy(before, edit.Node);
        }

        var (newIndexes, places) = Merge(inserted.Nodes, removed);
        List<int> changed = [.. places, .. ApplyEdits(newIndexes)];
        changed.Sort();
        UpdateFlags(changed);
        UpdateIndex(newIndexes, inserted.Nodes, places);
        return _labels.Build(before.Parts) with
        {
            Nodes = new(_nodes),
            Apex = _nodes[ZoneSnapshot.Apex],
            NodeEnd = _nodes.Length,
            NodeCount = _nodes.Length,
            Log = new NodeLog(_nodes.Length, _nodes.Length),
            Index = _index,
            Depths = inserted.Nodes.Aggregate(before.Parts.Depths, (depths, node) => depths.Including(node.Depth, _labels.IsWildcard(node.Label))),
            Unused = before.Parts.Unused + _unused,
        };
    }

    // Returns the new index of each name before, -1 for those that are gone, and the indexes of the inserted names in their order.
    private (int[] NewIndexes, List<int> Inserted) Merge(List<InsertedNode> inserted, List<int> removed)
    {
        var newIndexes = GC.AllocateUninitializedArray<int>(_old.Length);
        var places = new List<int>(inserted.Count);
        _nodes = GC.AllocateUninitializedArray<ZoneNode>(_old.Length - removed.Count + inserted.Count);
        var (count, nextRemoved) = (0, 0);
        for (var node = 0; node <= _old.Length;)
        {
            while (places.Count < inserted.Count && inserted[places.Count].Position == node)
            {
                Insert(inserted[places.Count], newIndexes, places, count);
                places.Add(count++);
            }

            if (nextRemoved < removed.Count && removed[nextRemoved] == node)
            {
                newIndexes[node++] = -1;
                _unused += before.LabelOf(node - 1).Length;
                nextRemoved++;
                continue;
            }

            var end = places.Count < inserted.Count ? inserted[places.Count].Position : _old.Length;
            end = nextRemoved < removed.Count ? Math.Min(end, removed[nextRemoved]) : end;
            count = Copy(node, end, newIndexes, count);
            node = node == end ? end + 1 : end;
        }

        return (newIndexes, places);
    }

    private int Copy(int node, int end, int[] newIndexes, int count)
    {
        for (; node < end; node++, count++)
        {
            var source = node == ZoneSnapshot.Apex ? before.Node(node) : _old[node];
            newIndexes[node] = count;
            var parent = newIndexes[source.Parent];
            _nodes[count] = source with { Parent = parent, Wildcard = 0 };
            if (node != ZoneSnapshot.Apex && before.Node(source.Parent).Wildcard == node)
            {
                _nodes[parent] = _nodes[parent] with { Wildcard = count };
            }
        }

        return count;
    }

    private void Insert(in InsertedNode node, int[] newIndexes, List<int> places, int index)
    {
        var parent = node.Parent >= 0 ? newIndexes[node.Parent] : places[~node.Parent];
        _nodes[index] = new ZoneNode
        {
            Parent = parent,
            Label = node.Label,
            Depth = node.Depth,
            FirstRRset = node.Place.First,
            RRsetCount = node.Place.Count,
        };
        if (_labels.IsWildcard(node.Label))
        {
            _nodes[parent] = _nodes[parent] with { Wildcard = index };
        }
    }

    // Returns the indexes of the edited names that are still there, in ascending order.
    private List<int> ApplyEdits(int[] newIndexes)
    {
        var changed = new List<int>(edits.Count);
        foreach (var edit in edits)
        {
            var node = newIndexes[edit.Node];
            if (node >= 0)
            {
                _nodes[node] = _nodes[node] with { FirstRRset = edit.Place.First, RRsetCount = edit.Place.Count };
                changed.Add(node);
            }
        }

        return changed;
    }

    // In ascending order of node, so that a name's flags are right before those of the names below it.
    private void UpdateFlags(List<int> changed)
    {
        foreach (var node in changed)
        {
            var isApex = node == ZoneSnapshot.Apex;
            var entry = _nodes[node];
            var flags = NodeTraits.Of(rrsets.RRsets.Slice(entry.FirstRRset, entry.RRsetCount), isApex, _labels.IsWildcard(entry.Label))
                | (isApex ? NodeFlags.None : NodeTraits.Inherited(_nodes[entry.Parent].Flags));
            _nodes[node] = entry with { Flags = flags };
            if (NodeTraits.Hides(flags) != NodeTraits.Hides(entry.Flags))
            {
                UpdateOccluded(node);
            }
        }
    }

    private void UpdateOccluded(int top)
    {
        for (var node = top + 1; node < _nodes.Length && _nodes[node].Depth > _nodes[top].Depth; node++)
        {
            var own = _nodes[node].Flags & ~NodeFlags.Occluded;
            _nodes[node] = _nodes[node] with { Flags = own | NodeTraits.Inherited(_nodes[_nodes[node].Parent].Flags) };
        }
    }

    private void UpdateIndex(int[] newIndexes, List<InsertedNode> inserted, List<int> places)
    {
        if (before.Parts.Index.TryRenumbered(newIndexes, inserted.Count) is not { } index)
        {
            var merged = new NodeNames(before.Origin, new(_nodes), _labels.Array);
            _index = NameIndex.Of(merged, Enumerable.Range(0, _nodes.Length), before.Origin, NameIndex.RoomFor(_nodes.Length));
            return;
        }

        for (var i = 0; i < inserted.Count; i++)
        {
            index.Add(inserted[i].Hash, places[i]);
        }

        _index = index;
    }
}
