// Turns a zone under construction into a snapshot: names into canonical order, records into RRsets, flags from the records.

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>One pass over a <see cref="ZoneBuilder"/>; used once.</summary>
internal sealed class ZoneFreezer(ZoneBuilder builder)
{
    private readonly RRsetStore _store = new(builder);

    public ZoneSnapshot Freeze()
    {
        var order = CanonicalOrder.Of(builder);
        var newIndexes = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            newIndexes[order[i]] = i;
        }

        var nodes = new ZoneNode[order.Length];
        var index = IndexOf(newIndexes);
        for (var i = 0; i < order.Length; i++)
        {
            ref readonly var source = ref builder.Nodes[order[i]];
            var parent = newIndexes[source.Parent];
            var (first, count) = _store.Add(source);
            nodes[i] = new ZoneNode
            {
                Parent = parent,
                Label = source.Label,
                Depth = source.Depth,
                FirstRRset = first,
                RRsetCount = count,
                Flags = FlagsOf(i, first, count, source.Label) | Inherited(i, nodes[parent].Flags),
            };
            if (i != ZoneSnapshot.Apex && IsWildcard(source.Label))
            {
                nodes[parent] = nodes[parent] with { Wildcard = i };
            }
        }

        return new ZoneSnapshot(
            builder.Origin, nodes, _store.RRsets.ToArray(), builder.Labels.ToArray(), _store.Data.ToArray(), index);
    }

    // The builder's index serves on where it is not much too large.
    private NameIndex IndexOf(int[] newIndexes)
    {
        var index = builder.Index;
        if (newIndexes.Length >= index.Capacity / 8 * 7)
        {
            index.Renumber(newIndexes);
            return index;
        }

        index = new NameIndex(newIndexes.Length);
        for (var node = 0; node < newIndexes.Length; node++)
        {
            index.Add(builder.Nodes[node].Hash, newIndexes[node]);
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

/// <summary>Orders the nodes of a builder canonically (RFC 4034 §6.1): depth first, siblings by label.</summary>
internal static class CanonicalOrder
{
    /// <returns>Old indexes in canonical order; the apex is first.</returns>
    public static int[] Of(ZoneBuilder builder)
    {
        var nodes = builder.Nodes;
        var firstChild = new int[nodes.Length + 1];
        for (var node = 1; node < nodes.Length; node++)
        {
            firstChild[nodes[node].Parent + 1]++;
        }

        for (var node = 1; node < firstChild.Length; node++)
        {
            firstChild[node] += firstChild[node - 1];
        }

        var children = new int[nodes.Length - 1];
        var keys = new ulong[nodes.Length - 1];
        var next = firstChild.AsSpan(0, nodes.Length).ToArray();
        for (var node = 1; node < nodes.Length; node++)
        {
            var position = next[nodes[node].Parent]++;
            children[position] = node;
            keys[position] = SortKey(builder.Labels.Get(nodes[node].Label)[1..]);
        }

        for (var node = 0; node < nodes.Length; node++)
        {
            var start = firstChild[node];
            var count = firstChild[node + 1] - start;
            if (count > 1)
            {
                SortSiblings(builder, keys.AsSpan(start, count), children.AsSpan(start, count));
            }
        }

        return Walk(nodes.Length, firstChild, children, next);
    }

    // Seven octets and the length decide for short labels; longer ones may tie.
    private static ulong SortKey(ReadOnlySpan<byte> label)
    {
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        key.Clear();
        label[..Math.Min(label.Length, 7)].CopyTo(key);
        key[7] = (byte)Math.Min(label.Length, 8);
        return BinaryPrimitives.ReadUInt64BigEndian(key);
    }

    private static void SortSiblings(ZoneBuilder builder, Span<ulong> keys, Span<int> children)
    {
        keys.Sort(children);
        for (var start = 0; start < keys.Length;)
        {
            var end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                children[start..end].Sort((left, right) => builder.LabelOf(left).SequenceCompareTo(builder.LabelOf(right)));
            }

            start = end;
        }
    }

    // `next` is reused as the cursor into each node's children.
    private static int[] Walk(int count, int[] firstChild, int[] children, int[] next)
    {
        firstChild.AsSpan(0, count).CopyTo(next);
        var order = new int[count];
        var path = new Stack<int>();
        path.Push(0);
        var position = 1;
        while (path.TryPeek(out var node))
        {
            if (next[node] == firstChild[node + 1])
            {
                path.Pop();
                continue;
            }

            var child = children[next[node]++];
            order[position++] = child;
            path.Push(child);
        }

        return order;
    }
}

/// <summary>Lays RRsets out one after another and gives names that carry the same shared RRsets the same place.</summary>
internal sealed class RRsetStore(ZoneBuilder builder)
{
    private readonly Dictionary<int, (int First, ushort Count)> _shared = [];
    private readonly List<PendingRecord> _pending = [];
    private RRset[] _rrsets = new RRset[16];
    private int _count;
    private byte[] _data = new byte[256];
    private int _length;

    public ReadOnlySpan<RRset> RRsets => _rrsets.AsSpan(0, _count);

    public ReadOnlySpan<byte> Data => _data.AsSpan(0, _length);

    /// <summary>The place of a node's RRsets, in ascending order of type.</summary>
    public (int First, ushort Count) Add(BuilderNode node)
    {
        if (node.FirstRecord >= 0)
        {
            return AddOwn(node);
        }

        if (node.Shared == 0)
        {
            return (0, 0);
        }

        if (!_shared.TryGetValue(node.Shared, out var place))
        {
            place = AddOwn(node);
            _shared.Add(node.Shared, place);
        }

        return place;
    }

    private (int First, ushort Count) AddOwn(BuilderNode node)
    {
        _pending.Clear();
        for (var record = node.FirstRecord; record >= 0; record = builder.Records[record].Next)
        {
            var entry = builder.Records[record];
            _pending.Add(new PendingRecord(entry.Type, _pending.Count, entry.TimeToLive, entry.Offset, entry.Length, null));
        }

        if (node.Shared != 0)
        {
            var shared = builder.Shared[node.Shared - 1];
            foreach (var data in shared.Records)
            {
                var wire = data.ToWire();
                _pending.Add(new PendingRecord(data.RecordType, _pending.Count, shared.TimeToLive, 0, wire.Length, wire));
            }
        }

        // Records keep their order within an RRset.
        _pending.Sort((left, right) => left.Type != right.Type ? left.Type.CompareTo(right.Type) : left.Order.CompareTo(right.Order));
        var first = _count;
        for (var start = 0; start < _pending.Count;)
        {
            var end = start + 1;
            while (end < _pending.Count && _pending[end].Type == _pending[start].Type)
            {
                end++;
            }

            AddRRset(start, end);
            start = end;
        }

        return (first, (ushort)(_count - first));
    }

    private void AddRRset(int start, int end)
    {
        var offset = _length;
        var count = 0;
        var timeToLive = uint.MaxValue;
        HashSet<RecordData>? seen = end - start > 1 ? [] : null;
        for (var i = start; i < end; i++)
        {
            var record = _pending[i];
            var wire = record.Wire is null ? builder.Data.Slice(record.Offset, record.Length) : record.Wire;
            timeToLive = Math.Min(timeToLive, record.TimeToLive);
            if (seen is not null && !seen.Add(Decode(record.Type, wire)))
            {
                continue;
            }

            GrowableArray.EnsureRoom(ref _data, _length + sizeof(ushort) + wire.Length);
            BinaryPrimitives.WriteUInt16BigEndian(_data.AsSpan(_length), (ushort)wire.Length);
            wire.CopyTo(_data.AsSpan(_length + sizeof(ushort)));
            _length += sizeof(ushort) + wire.Length;
            count++;
        }

        GrowableArray.EnsureRoom(ref _rrsets, _count + 1);
        _rrsets[_count++] = new RRset
        {
            Type = _pending[start].Type,
            Count = (ushort)count,
            TimeToLive = timeToLive,
            Offset = offset,
            Length = _length - offset,
        };
    }

    private static RecordData Decode(RecordType type, ReadOnlySpan<byte> wire)
    {
        var reader = new WireReader(wire);
        return RecordTypes.TryReadData(type, ref reader, out var data) ? data : new UnknownData(type, wire.ToArray());
    }

    private readonly record struct PendingRecord(RecordType Type, int Order, uint TimeToLive, int Offset, int Length, byte[]? Wire);
}
