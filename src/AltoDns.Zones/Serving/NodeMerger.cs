// Edits the names of a zone: gives some other RRsets, puts new ones among them, takes out those that have nothing left.

namespace AltoDns.Zones.Serving;

/// <summary>Copies the names at most once, in order of memory, whatever the number of edits. Used once.</summary>
/// <param name="rrsets">Those of the zone before and all that the edits refer to.</param>
/// <param name="edits">In ascending order of node, none twice.</param>
/// <param name="names">Names that the zone lacks, in canonical order, none twice, none without RRsets.</param>
internal sealed class NodeMerger(ZoneSnapshot before, RRsetAppender rrsets, List<NodeEdit> edits, List<NewName> names)
{
    private readonly ZoneNode[] _old = before.Parts.Nodes;

    /// <summary>The names with all edits made, in canonical order.</summary>
    public ZoneNode[] Nodes { get; private set; } = before.Parts.Nodes;

    public byte[] Labels { get; private set; } = before.Parts.Labels;

    public NameIndex Index { get; private set; } = before.Parts.Index;

    /// <summary>No name has more labels.</summary>
    public int MaxDepth { get; private set; } = before.Parts.MaxDepth;

    /// <summary>Octets of labels, RRsets and data that the names before had and these may not need: an upper bound.</summary>
    public long Unused { get; private set; }

    public void Run()
    {
        var inserted = new NameInserter(before);
        foreach (var name in names)
        {
            inserted.Add(name);
        }

        var removed = new NameRemover(before, edits, inserted.Anchors).Find();
        foreach (var edit in edits)
        {
            CountUnused(edit.Node);
        }

        if (inserted.Nodes.Count == 0 && removed.Count == 0)
        {
            if (edits.Count > 0)
            {
                Nodes = GC.AllocateUninitializedArray<ZoneNode>(_old.Length);
                _old.CopyTo(Nodes, 0);
                UpdateFlags(ApplyEdits(newIndexes: null));
            }

            return;
        }

        Labels = inserted.Labels;
        MaxDepth = inserted.Nodes.Aggregate(MaxDepth, (deepest, node) => Math.Max(deepest, node.Depth));
        var (newIndexes, places) = Merge(inserted.Nodes, removed);
        List<int> changed = [.. places, .. ApplyEdits(newIndexes)];
        changed.Sort();
        UpdateFlags(changed);
        UpdateIndex(newIndexes, inserted.Nodes, places);
    }

    // Returns the new index of each name before, -1 for those that are gone, and the indexes of the inserted names in their order.
    private (int[] NewIndexes, List<int> Inserted) Merge(List<InsertedNode> inserted, List<int> removed)
    {
        var newIndexes = GC.AllocateUninitializedArray<int>(_old.Length);
        var places = new List<int>(inserted.Count);
        Nodes = GC.AllocateUninitializedArray<ZoneNode>(_old.Length - removed.Count + inserted.Count);
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
                Unused += Labels[_old[node - 1].Label] + 1;
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
            var source = _old[node];
            newIndexes[node] = count;
            var parent = newIndexes[source.Parent];
            Nodes[count] = source with { Parent = parent, Wildcard = 0 };
            if (node != ZoneSnapshot.Apex && _old[source.Parent].Wildcard == node)
            {
                Nodes[parent] = Nodes[parent] with { Wildcard = count };
            }
        }

        return count;
    }

    private void Insert(in InsertedNode node, int[] newIndexes, List<int> places, int index)
    {
        var parent = node.Parent >= 0 ? newIndexes[node.Parent] : places[~node.Parent];
        Nodes[index] = new ZoneNode
        {
            Parent = parent,
            Label = node.Label,
            Depth = node.Depth,
            FirstRRset = node.Place.First,
            RRsetCount = node.Place.Count,
        };
        if (IsWildcard(node.Label))
        {
            Nodes[parent] = Nodes[parent] with { Wildcard = index };
        }
    }

    // Returns the indexes of the edited names that are still there, in ascending order.
    private List<int> ApplyEdits(int[]? newIndexes)
    {
        var changed = new List<int>(edits.Count);
        foreach (var edit in edits)
        {
            var node = newIndexes is null ? edit.Node : newIndexes[edit.Node];
            if (node >= 0)
            {
                Nodes[node] = Nodes[node] with { FirstRRset = edit.Place.First, RRsetCount = edit.Place.Count };
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
            var entry = Nodes[node];
            var flags = NodeTraits.Of(rrsets.RRsets.Slice(entry.FirstRRset, entry.RRsetCount), isApex, IsWildcard(entry.Label))
                | (isApex ? NodeFlags.None : NodeTraits.Inherited(Nodes[entry.Parent].Flags));
            Nodes[node] = entry with { Flags = flags };
            if (NodeTraits.Hides(flags) != NodeTraits.Hides(entry.Flags))
            {
                UpdateOccluded(node);
            }
        }
    }

    private void UpdateOccluded(int top)
    {
        for (var node = top + 1; node < Nodes.Length && Nodes[node].Depth > Nodes[top].Depth; node++)
        {
            var own = Nodes[node].Flags & ~NodeFlags.Occluded;
            Nodes[node] = Nodes[node] with { Flags = own | NodeTraits.Inherited(Nodes[Nodes[node].Parent].Flags) };
        }
    }

    private void UpdateIndex(int[] newIndexes, List<InsertedNode> inserted, List<int> places)
    {
        if (before.Parts.Index.TryRenumbered(newIndexes, inserted.Count) is not { } index)
        {
            Index = NameIndex.Of(Nodes, Labels, before.Origin);
            return;
        }

        for (var i = 0; i < inserted.Count; i++)
        {
            index.Add(inserted[i].Hash, places[i]);
        }

        Index = index;
    }

    // The label at 0 is the root's, which the apex has for want of one.
    private bool IsWildcard(int label) => label > 0 && Labels.AsSpan(label, 2) is [1, (byte)'*'];

    private void CountUnused(int node)
    {
        Unused += SnapshotCompactor.OctetsOfRRsets(before, _old[node].RRsetCount);
        foreach (ref readonly var rrset in before.RRsetsOf(node))
        {
            Unused += rrset.Length;
        }
    }
}
