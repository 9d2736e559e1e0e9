// A name made ready for lookups: lower case, cut into labels, suffixes hashed as far as asked. One object is used again and again.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    // Where each label starts, leftmost first, the root last; four are written at a time.
    private readonly byte[] _starts = new byte[DomainName.MaxLabels + 1 + sizeof(uint)];
    private readonly ulong[] _hashes = new ulong[DomainName.MaxLabels + 1];
    private int _hashedDepth;

    public LookupName() => _hashes[0] = NameHash.Root;

    /// <summary>The label of wildcards, its length octet first (RFC 4592 §2.1.1).</summary>
    public static ReadOnlySpan<byte> WildcardLabel => [1, (byte)'*'];

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
        Depth = WireName.LabelOffsets(_octets, _starts);
        _hashedDepth = 0;
    }

    /// <summary>The suffix that has <paramref name="depth"/> labels.</summary>
    public ReadOnlySpan<byte> Suffix(int depth)
    {
        var start = Start(depth);
        return _octets.AsSpan(start, Length - start);
    }

    /// <summary>The leftmost label of that suffix, its length octet first; <paramref name="depth"/> is at least 1.</summary>
    public ReadOnlySpan<byte> Label(int depth)
    {
        var start = Start(depth);
        return _octets.AsSpan(start, _octets[start] + 1);
    }

    /// <summary>Makes the hashes of all suffixes of up to <paramref name="depth"/> labels; those of longer ones are often not needed.</summary>
    internal void HashTo(int depth)
    {
        if (depth <= _hashedDepth)
        {
            return;
        }

        ref var octets = ref MemoryMarshal.GetArrayDataReference(_octets);
        ref var start = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_starts), Depth);
        var hashes = _hashes.AsSpan(0, depth + 1);
        var hash = hashes[_hashedDepth];
        for (var level = _hashedDepth + 1; level < hashes.Length; level++)
        {
            hash = NameHash.Extend(hash, ref octets, Unsafe.Subtract(ref start, level));
            hashes[level] = hash;
        }

        _hashedDepth = depth;
    }

    /// <summary>The hash of the suffix that has <paramref name="depth"/> labels; <see cref="HashTo"/> made it.</summary>
    internal ulong Hash(int depth) => _hashes[depth];

    private int Start(int depth) => _starts[Depth - depth];
}

/// <summary>
/// Hashes names from the root leftwards, so that a name's hash extends its parent's. Little depends on the one before, as the
/// labels of a reverse name are many and short; what makes the hash even is left to <see cref="NameIndex"/>.
/// </summary>
internal static class NameHash
{
    public const ulong Root = 0x51_7C_C1_B7_27_22_0A_95;

    public const ulong Step = 0x9E37_79B9_7F4A_7C15;

    public const ulong WordFactor = 0xD6E8_FEB8_6659_FD93;

    /// <inheritdoc cref="Extend(ulong, ref byte, int)"/>
    public static ulong Extend(ulong parent, ReadOnlySpan<byte> octets) => Extend(parent, ref MemoryMarshal.GetReference(octets), 0);

    /// <summary>The hash of a name from its parent's and its leftmost label.</summary>
    /// <param name="parent">The parent's hash.</param>
    /// <param name="octets">Where the label stands in lower case, with eight octets readable after its last.</param>
    /// <param name="start">The label's length octet.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Extend(ulong parent, ref byte octets, int start)
    {
        var length = Unsafe.Add(ref octets, start) + 1;
        var hash = parent;
        while (length > sizeof(ulong))
        {
            hash = hash * Step + Spread(Read(ref octets, start));
            start += sizeof(ulong);
            length -= sizeof(ulong);
        }

        return hash * Step + Spread(Read(ref octets, start) & (ulong.MaxValue >> (64 - length * 8)));
    }

    /// <summary>Lets every bit of a word count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Spread(ulong word)
    {
        word *= WordFactor;
        return word ^ (word >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read(ref byte octets, int start)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref octets, start));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }
}
