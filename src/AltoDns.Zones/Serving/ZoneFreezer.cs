// Turns a zone under construction into a snapshot: names into canonical order, records into RRsets, flags from the records.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>One pass over a <see cref="ZoneBuilder"/>; used once.</summary>
internal sealed class ZoneFreezer(ZoneBuilder builder)
{
    private readonly RRsetStore _store = new(builder);

    public ZoneSnapshot Freeze()
    {
        var order = CanonicalOrder.Of(builder);
        var hashed = HashedOwners.Of(builder);
        var exists = FindExisting();
        var newIndexes = new int[order.Length];
        var count = 0;
        foreach (var node in order)
        {
            newIndexes[node] = exists[node] && hashed?.Contains(node) != true ? count++ : -1;
        }

        var nodes = new ZoneNode[count];
        var index = IndexOf(newIndexes, count);
        var chain = new Nsec3ChainBuilder();
        var depths = default(ZoneDepths);
        var wildcardParents = new int[DomainName.MaxLabels + 1];
        foreach (var old in order)
        {
            if (!exists[old])
            {
                continue;
            }

            ref readonly var source = ref builder.Nodes[old];
            var (first, rrsets) = _store.Add(source);
            var i = newIndexes[old];
            if (i < 0)
            {
                if (hashed!.IsInChain(builder, old))
                {
                    chain.Add(builder.LabelOf(old), first);
                }

                continue;
            }

            var parent = newIndexes[source.Parent];
            depths = depths.Including(source.Depth, i != ZoneSnapshot.Apex && IsWildcard(source.Label));
            nodes[i] = new ZoneNode
            {
                Parent = parent,
                Label = source.Label,
                Depth = source.Depth,
                FirstRRset = first,
                RRsetCount = rrsets,
                Flags = NodeTraits.Of(_store.RRsets.Slice(first, rrsets), i == ZoneSnapshot.Apex, IsWildcard(source.Label))
                    | (i == ZoneSnapshot.Apex ? NodeFlags.None : NodeTraits.Inherited(nodes[parent].Flags)),
            };
            if (i != ZoneSnapshot.Apex && IsWildcard(source.Label))
            {
                nodes[parent] = nodes[parent] with { Wildcard = i };
                wildcardParents[source.Depth - 1]++;
            }
        }

        var labels = builder.Labels.ToArray();
        return new ZoneSnapshot(builder.Origin, new ZoneParts
        {
            Nodes = new(nodes),
            Apex = nodes[ZoneSnapshot.Apex],
            NodeEnd = count,
            NodeCount = count,
            Log = new NodeLog(count, count),
            RRsets = new(_store.TakeRRsets()),
            Signatures = new(_store.Signatures.ToArray()),
            RRsetCount = _store.RRsets.Length,
            RRsetTail = new StoreTail(_store.RRsets.Length),
            Lineage = new RRsetLineage(HasNsec()),
            Labels = new(labels),
            LabelsLength = labels.Length,
            LabelTail = new StoreTail(labels.Length),
            Data = _store.BuildData(),
            Index = index,
            Depths = depths with { Encloser = Array.IndexOf(wildcardParents, wildcardParents.Max()) },
            Nsec3 = hashed is null ? null : chain.Build(hashed.Parameters),
        });
    }

    private bool HasNsec()
    {
        foreach (ref readonly var rrset in _store.RRsets)
        {
            if (rrset.Type == RecordType.NSEC)
            {
                return true;
            }
        }

        return false;
    }

    // The builder's index serves on where it is not much too large and every name stays.
    private NameIndex IndexOf(int[] newIndexes, int count)
    {
        var index = builder.Index;
        if (count == newIndexes.Length && count >= index.Capacity / 8 * 7)
        {
            index.Renumber(newIndexes);
            return index;
        }

        index = new NameIndex(count);
        for (var node = 0; node < newIndexes.Length; node++)
        {
            if (newIndexes[node] >= 0)
            {
                index.Add(builder.Nodes[node].Hash, newIndexes[node]);
            }
        }

        return index;
    }

    // RFC 8020 §2: a name without records at or below it does not exist.
    private bool[] FindExisting()
    {
        var exists = new bool[builder.NodeCount];
        exists[ZoneSnapshot.Apex] = true;
        for (var node = exists.Length - 1; node > 0; node--)
        {
            exists[node] |= HasRRset(builder.Nodes[node]);

            // Parents come before their children.
            exists[builder.Nodes[node].Parent] |= exists[node];
        }

        return exists;
    }

    private bool HasRRset(BuilderNode node)
    {
        // A signature of records that are not there makes no RRset.
        for (var record = node.FirstRecord; record >= 0; record = builder.Records[record].Next)
        {
            if (builder.Records[record].Type != RecordType.RRSIG)
            {
                return true;
            }
        }

        return node.Shared != 0 && builder.Shared[node.Shared - 1].Records.Count > 0;
    }

    private bool IsWildcard(int label) => builder.Labels.Get(label) is [1, (byte)'*'];
}
