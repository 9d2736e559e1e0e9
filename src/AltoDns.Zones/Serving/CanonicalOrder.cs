// The order in which the names of a zone stand.

using System.Buffers.Binary;

namespace AltoDns.Zones.Serving;

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
