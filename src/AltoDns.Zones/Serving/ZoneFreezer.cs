// Turns a zone under construction into a snapshot: names into canonical order, records into RRsets, flags from the records.

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
        var newIndexes = new int[order.Length];
        var count = 0;
        foreach (var node in order)
        {
            newIndexes[node] = hashed is not null && hashed.Contains(node) ? -1 : count++;
        }

        var nodes = new ZoneNode[count];
        var index = IndexOf(newIndexes, count);
        var chain = new Nsec3ChainBuilder();
        var maxDepth = 0;
        foreach (var old in order)
        {
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
            maxDepth = Math.Max(maxDepth, source.Depth);
            nodes[i] = new ZoneNode
            {
                Parent = parent,
                Label = source.Label,
                Depth = source.Depth,
                FirstRRset = first,
                RRsetCount = rrsets,
                Flags = FlagsOf(i, first, rrsets, source.Label) | Inherited(i, nodes[parent].Flags),
            };
            if (i != ZoneSnapshot.Apex && IsWildcard(source.Label))
            {
                nodes[parent] = nodes[parent] with { Wildcard = i };
            }
        }

        return new ZoneSnapshot(builder.Origin, new ZoneParts
        {
            Nodes = nodes,
            RRsets = _store.RRsets.ToArray(),
            Signatures = _store.Signatures.ToArray(),
            Labels = builder.Labels.ToArray(),
            Data = _store.BuildData(),
            Index = index,
            MaxDepth = maxDepth,
            Nsec3 = hashed is null ? null : chain.Build(hashed.Parameters),
        });
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

    private static NodeFlags Inherited(int node, NodeFlags parent) =>
        node != ZoneSnapshot.Apex && (parent & (NodeFlags.Occluded | NodeFlags.Cut | NodeFlags.Dname)) != 0 ? NodeFlags.Occluded : NodeFlags.None;

    private NodeFlags FlagsOf(int node, int first, ushort count, int label)
    {
        var flags = NodeFlags.None;
        foreach (ref readonly var rrset in _store.RRsets.Slice(first, count))
        {
            flags |= rrset.Type switch
            {
                // RFC 4592 §4.2: an NS RRset at a wildcard is not a zone cut to be synthesized from.
                RecordType.NS when node != ZoneSnapshot.Apex && !IsWildcard(label) => NodeFlags.Cut,
                RecordType.DNAME => NodeFlags.Dname,
                RecordType.CNAME => NodeFlags.Cname,
                _ => NodeFlags.None,
            };
        }

        return flags;
    }

    private bool IsWildcard(int label) => builder.Labels.Get(label) is [1, (byte)'*'];
}
