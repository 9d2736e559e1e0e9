// Operations on names as octets, without allocation: what the query path uses in place of DomainName.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace AltoDns.Protocol.Names;

/// <summary>Reads uncompressed wire-form names in place. Unless a method says otherwise its input is a well-formed name.</summary>
public static class WireName
{
    /// <summary>How many offsets <see cref="LabelOffsets"/> needs room for.</summary>
    public const int OffsetCapacity = DomainName.MaxLabels + 1 + sizeof(uint);

    /// <summary>The octets of the uncompressed name that starts <paramref name="wire"/>, or 0 where none does (a label type other than 00, over 255 octets, cut short).</summary>
    public static int Measure(ReadOnlySpan<byte> wire)
    {
        var position = 0;
        while (position < wire.Length && position < DomainName.MaxLength)
        {
            var length = wire[position];
            if (length == 1 && StartsWithFourNibbles(wire, position) && position < DomainName.MaxLength - sizeof(ulong))
            {
                position += sizeof(ulong);
                continue;
            }

            if (length == 0)
            {
                return position + 1;
            }

            if (length > DomainName.MaxLabelLength)
            {
                return 0;
            }

            position += length + 1;
        }

        return 0;
    }

    /// <summary>Labels before the root.</summary>
    public static int CountLabels(ReadOnlySpan<byte> name)
    {
        var count = 0;
        for (var position = 0; name[position] != 0; position += name[position] + 1)
        {
            count++;
        }

        return count;
    }

    /// <summary>Writes where each label starts, leftmost first, the root last.</summary>
    /// <param name="name">A well-formed name.</param>
    /// <param name="offsets">Room for <see cref="OffsetCapacity"/>.</param>
    /// <returns>How many labels precede the root; <c>offsets[result]</c> is the root's.</returns>
    public static int LabelOffsets(ReadOnlySpan<byte> name, Span<byte> offsets)
    {
        var count = 0;
        var position = 0;
        int length;
        while ((length = name[position]) != 0)
        {
            if (length == 1 && StartsWithFourNibbles(name, position))
            {
                const uint EachOne = 0x0101_0101;
                const uint Ascending = 0x0604_0200;
                BinaryPrimitives.WriteUInt32LittleEndian(offsets[count..], (uint)position * EachOne + Ascending);
                count += sizeof(uint);
                position += sizeof(ulong);
                continue;
            }

            offsets[count++] = (byte)position;
            position += length + 1;
        }

        offsets[count] = (byte)position;
        return count;
    }

    public static bool IsWildcard(ReadOnlySpan<byte> name) => name[0] == 1 && name[1] == (byte)'*';

    /// <summary>Octet-wise equality, ASCII letters of either case alike (RFC 4343). Length octets are below 'A', so folding leaves them alone.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i] && Lower(left[i]) != Lower(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether <paramref name="name"/> is <paramref name="ancestor"/> or ends in it at a label boundary.</summary>
    public static bool IsSubdomainOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> ancestor)
    {
        var surplus = name.Length - ancestor.Length;
        if (surplus < 0)
        {
            return false;
        }

        var position = 0;
        while (position < surplus)
        {
            position += name[position] + 1;
        }

        return position == surplus && EqualsIgnoreCase(name[position..], ancestor);
    }

    public static int HashIgnoreCase(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u; // FNV-1a
        foreach (var octet in name)
        {
            hash = (hash ^ Lower(octet)) * 16777619u;
        }

        return (int)hash;
    }

    /// <summary>RFC 4034 §6.1: compares from the rightmost label, each as lower-case octets, a shorter label before its extensions.</summary>
    public static int CompareCanonical(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> leftOffsets = stackalloc byte[OffsetCapacity];
        Span<byte> rightOffsets = stackalloc byte[OffsetCapacity];
        var leftLabel = LabelOffsets(left, leftOffsets);
        var rightLabel = LabelOffsets(right, rightOffsets);
        while (leftLabel > 0 && rightLabel > 0)
        {
            var leftStart = leftOffsets[--leftLabel];
            var rightStart = rightOffsets[--rightLabel];
            var order = CompareLabels(
                left.Slice(leftStart + 1, left[leftStart]), right.Slice(rightStart + 1, right[rightStart]));
            if (order != 0)
            {
                return order;
            }
        }

        return leftLabel - rightLabel;
    }

    /// <summary>Compares two labels, without length octets, as lower-case octets.</summary>
    public static int CompareLabels(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var common = Math.Min(left.Length, right.Length);
        for (var i = 0; i < common; i++)
        {
            var order = Lower(left[i]) - Lower(right[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length - right.Length;
    }

    /// <summary>Folds ASCII letters to lower case; length octets stay, being below 'A'.</summary>
    public static void LowerInPlace(Span<byte> name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            name[i] = Lower(name[i]);
        }
    }

    /// <summary>Copies a name with its ASCII letters in lower case; <paramref name="lower"/> is at least as long.</summary>
    public static void CopyLower(ReadOnlySpan<byte> name, Span<byte> lower)
    {
        if (name.Length < sizeof(ulong))
        {
            for (var i = 0; i < name.Length; i++)
            {
                lower[i] = Lower(name[i]);
            }

            return;
        }

        lower = lower[..name.Length];
        for (var i = 0; i < name.Length - sizeof(ulong); i += sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(lower[i..], Lower(BinaryPrimitives.ReadUInt64LittleEndian(name[i..])));
        }

        // The last eight, some of them maybe once more.
        BinaryPrimitives.WriteUInt64LittleEndian(lower[^sizeof(ulong)..], Lower(BinaryPrimitives.ReadUInt64LittleEndian(name[^sizeof(ulong)..])));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Lower(byte octet) => (uint)(octet - 'A') <= 'Z' - 'A' ? (byte)(octet | 0x20) : octet;

    // Names of ip6.arpa have 32 labels of one octet (RFC 3596 §2.5); one at a time they would cost more than all else of a query.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool StartsWithFourNibbles(ReadOnlySpan<byte> name, int position)
    {
        const ulong Lengths = 0x00FF_00FF_00FF_00FF;
        const ulong EachOne = 0x0001_0001_0001_0001;
        return position + sizeof(ulong) <= name.Length
            && (BinaryPrimitives.ReadUInt64LittleEndian(name[position..]) & Lengths) == EachOne;
    }

    // Eight octets at once: the sums set the high bit of those from 'A' on, and of those past 'Z'.
    private static ulong Lower(ulong octets)
    {
        const ulong EachOne = 0x0101_0101_0101_0101;
        const ulong HighBits = 0x80 * EachOne;
        var low = octets & ~HighBits;
        var fromA = low + ((0x80 - 'A') * EachOne);
        var pastZ = low + ((0x7F - 'Z') * EachOne);
        var capitals = fromA & ~pastZ & ~octets & HighBits;
        return octets | (capitals >> 2);
    }
}
