// The names of nodes: labels, and the parents that lead up to the apex.

using System.Runtime.CompilerServices;
using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

/// <summary>Reads names of a zone, or of one that is being made.</summary>
internal readonly struct NodeNames(DomainName origin, PagedArray<ZoneNode> nodes, PagedArray<byte> labels)
{
    /// <summary>A node other than the apex.</summary>
    public ref readonly ZoneNode Node(int node) => ref nodes[node];

    public int OriginDepth => origin.LabelCount;

    /// <summary>The label of a node other than the apex, length octet first.</summary>
    public ReadOnlySpan<byte> LabelOf(int node) => LabelAt(nodes[node].Label);

    public ReadOnlySpan<byte> LabelAt(int label) => labels.Slice(label, labels[label] + 1);

    /// <summary>Writes a node's name in wire form, lower case.</summary>
    /// <param name="name">Room for 255 octets.</param>
    /// <returns>The octets written.</returns>
    public int WriteName(int node, Span<byte> name)
    {
        var position = 0;
        while (node != ZoneSnapshot.Apex)
        {
            ref readonly var entry = ref nodes[node];
            var label = LabelAt(entry.Label);
            label.CopyTo(name[position..]);
            position += label.Length;
            node = entry.Parent;
        }

        origin.Wire.CopyTo(name[position..]);
        return position + origin.Length;
    }

    /// <summary>The hash of a node's name.</summary>
    [SkipLocalsInit]
    public ulong HashOf(int node)
    {
        Span<int> path = stackalloc int[DomainName.MaxLabels];
        var length = 0;
        for (; node != ZoneSnapshot.Apex; node = nodes[node].Parent)
        {
            path[length++] = node;
        }

        var hash = HashOf(origin.Wire);
        while (length > 0)
        {
            hash = Extend(hash, LabelOf(path[--length]));
        }

        return hash;
    }

    /// <summary>The hash of a name from its parent's and its label.</summary>
    [SkipLocalsInit]
    public static ulong Extend(ulong parent, ReadOnlySpan<byte> label)
    {
        // The hash reads eight octets at a time, and so beyond the label.
        Span<byte> padded = stackalloc byte[1 + DomainName.MaxLabelLength + sizeof(ulong)];
        label.CopyTo(padded);
        return NameHash.Extend(parent, padded);
    }

    /// <summary>The hash of a name in wire form, lower case.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> name) =>
        name[0] == 0 ? NameHash.Root : Extend(HashOf(name[(name[0] + 1)..]), name[..(name[0] + 1)]);
}

/// <summary>The place of a name in canonical order (RFC 4034 §6.1), whether a zone has it or not.</summary>
/// <param name="name">In wire form, lower case.</param>
/// <param name="parent">The identity of its parent's node; -1 where that is not known.</param>
internal readonly ref struct NameKey(NodeNames names, ReadOnlySpan<byte> name, int depth, int parent) : IOrderKey
{
    private readonly ReadOnlySpan<byte> _name = name;

    [SkipLocalsInit]
    public int CompareTo(int id)
    {
        if (id == ZoneSnapshot.Apex)
        {
            return depth - names.OriginDepth;
        }

        // Siblings are most of what is compared in a flat zone.
        if (names.Node(id).Parent == parent && names.Node(id).Depth == depth)
        {
            return _name.Slice(1, _name[0]).SequenceCompareTo(names.LabelOf(id)[1..]);
        }

        Span<byte> other = stackalloc byte[DomainName.MaxLength];
        return WireName.CompareCanonical(_name, other[..names.WriteName(id, other)]);
    }
}
