// A name made ready for lookups: lower case, cut into labels, every suffix hashed. One object is used again and again.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

/// <summary>
/// A name whose suffixes are numbered by depth: depth 0 is the root, depth <see cref="Depth"/> the whole name.
/// Not safe for several threads; each worker has its own.
/// </summary>
public sealed class LookupName
{
    // Eight octets are read at a time, so the buffer reaches beyond the longest name.
    private readonly byte[] _octets = new byte[DomainName.MaxLength + 1 + sizeof(ulong)];
    private readonly byte[] _starts = new byte[DomainName.MaxLabels + 1];
    private readonly byte[] _offsets = new byte[DomainName.MaxLabels + 1];
    private readonly ulong[] _hashes = new ulong[DomainName.MaxLabels + 1];

    /// <summary>Labels of the whole name, the root not counted.</summary>
    public int Depth { get; private set; }

    /// <summary>Octets of the whole name.</summary>
    public int Length { get; private set; }

    /// <summary>The whole name in lower case.</summary>
    public ReadOnlySpan<byte> Wire => _octets.AsSpan(0, Length);

    /// <summary>Takes a well-formed uncompressed name.</summary>
    public void Set(ReadOnlySpan<byte> name)
    {
        Length = name.Length;
        WireName.CopyLower(name, _octets);
        var depth = 0;
        for (var position = 0; _octets[position] != 0; position += _octets[position] + 1)
        {
            _starts[depth++] = (byte)position;
        }

        Depth = depth;
        _offsets[0] = (byte)(Length - 1);
        var hash = NameHash.Root;
        _hashes[0] = hash;
        for (var level = 1; level <= depth; level++)
        {
            var start = _starts[depth - level];
            _offsets[level] = start;
            hash = NameHash.Extend(hash, _octets, start);
            _hashes[level] = hash;
        }
    }

    /// <summary>The hash of the suffix that has <paramref name="depth"/> labels.</summary>
    internal ulong Hash(int depth) => _hashes[depth];

    /// <summary>The suffix that has <paramref name="depth"/> labels.</summary>
    public ReadOnlySpan<byte> Suffix(int depth) => _octets.AsSpan(_offsets[depth], Length - _offsets[depth]);

    /// <summary>The leftmost label of that suffix, its length octet first; <paramref name="depth"/> is at least 1.</summary>
    public ReadOnlySpan<byte> Label(int depth)
    {
        var start = _offsets[depth];
        return _octets.AsSpan(start, _octets[start] + 1);
    }
}

/// <summary>Hashes names from the root leftwards, so that a name's hash extends its parent's.</summary>
internal static class NameHash
{
    public const ulong Root = 0x51_7C_C1_B7_27_22_0A_95;

    /// <summary>The hash of a name from its parent's and its leftmost label.</summary>
    /// <param name="parent">The parent's hash.</param>
    /// <param name="octets">Where the label stands in lower case, with eight octets readable after its last.</param>
    /// <param name="start">The label's length octet.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Extend(ulong parent, ReadOnlySpan<byte> octets, int start)
    {
        var length = octets[start] + 1;
        var hash = parent;
        while (length > sizeof(ulong))
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(octets[start..]));
            start += sizeof(ulong);
            length -= sizeof(ulong);
        }

        var last = BinaryPrimitives.ReadUInt64LittleEndian(octets[start..]) & (ulong.MaxValue >> (64 - length * 8));
        return Mix(hash, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong hash, ulong word)
    {
        hash = (hash ^ word) * 0x9E37_79B9_7F4A_7C15;
        return hash ^ (hash >> 29);
    }
}
