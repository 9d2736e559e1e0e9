// IP addresses as text, read strictly and without allocation: dotted quads, and the forms of RFC 4291 §2.2.

namespace AltoDns.Protocol.Presentation;

internal static class AddressPresentation
{
    /// <summary>The longest text of an address: an IPv6 one that ends in a dotted quad.</summary>
    public const int MaxLength = 45;

    /// <summary>Reads four decimal octets without leading zeros, the first the most significant.</summary>
    public static bool TryParseIPv4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        var position = 0;
        for (var octets = 0; octets < 4; octets++)
        {
            if (octets > 0 && (position == text.Length || text[position++] != (byte)'.'))
            {
                return false;
            }

            var start = position;
            uint value = 0;
            while (position < text.Length && position - start < 3 && char.IsAsciiDigit((char)text[position]))
            {
                value = value * 10 + text[position++] - '0';
            }

            if (position == start || value > byte.MaxValue || (position - start > 1 && text[start] == (byte)'0'))
            {
                return false;
            }

            address = address << 8 | value;
        }

        return position == text.Length;
    }

    /// <summary>Reads groups of hexadecimal digits, at most one <c>::</c>, possibly a dotted quad at the end; no zone, no brackets.</summary>
    public static bool TryParseIPv6(ReadOnlySpan<byte> text, out UInt128 address)
    {
        address = UInt128.Zero;
        Span<ushort> groups = stackalloc ushort[8];
        var count = 0;
        var gap = text.StartsWith("::"u8) ? 0 : -1;
        var position = gap == 0 ? 2 : 0;
        while (position < text.Length)
        {
            var digits = ReadGroup(text[position..], out var group);
            if (position + digits < text.Length && text[position + digits] == (byte)'.')
            {
                if (count > 6 || !TryParseIPv4(text[position..], out var quad))
                {
                    return false;
                }

                groups[count++] = (ushort)(quad >> 16);
                groups[count++] = (ushort)quad;
                break;
            }

            if (digits == 0 || count == groups.Length)
            {
                return false;
            }

            groups[count++] = group;
            position += digits;
            if (position == text.Length)
            {
                break;
            }

            if (text[position++] != (byte)':' || position == text.Length)
            {
                return false;
            }

            if (text[position] == (byte)':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = count;
                position++;
            }
        }

        // The gap stands for at least one group.
        if (gap < 0 ? count != groups.Length : count == groups.Length)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            var place = gap < 0 || i < gap ? i : i + groups.Length - count;
            address |= (UInt128)groups[i] << (16 * (groups.Length - 1 - place));
        }

        return true;
    }

    private static int ReadGroup(ReadOnlySpan<byte> text, out ushort group)
    {
        group = 0;
        var digits = 0;
        while (digits < text.Length && digits < 4 && char.IsAsciiHexDigit((char)text[digits]))
        {
            var digit = text[digits++];
            group = (ushort)(group << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10));
        }

        return digits;
    }
}
