// The reverse tree: IP prefixes as names below in-addr.arpa and ip6.arpa, and back (RFC 1035 §3.5, RFC 3596 §2.5).

namespace AltoDns.Protocol.Names;

/// <summary>
/// Maps prefixes to names and back. One label stands for eight bits in IPv4 and four in IPv6, least significant first,
/// so only prefixes on such a label boundary have a name of their own.
/// </summary>
public static class ReverseName
{
    public static DomainName IPv4Root { get; } = DomainName.Parse("in-addr.arpa.");

    public static DomainName IPv6Root { get; } = DomainName.Parse("ip6.arpa.");

    /// <summary>Bits per label: 8 for IPv4, 4 for IPv6.</summary>
    public static int BitsPerLabel(bool isIPv6) => isIPv6 ? 4 : 8;

    /// <summary>Whether the prefix ends where a label does.</summary>
    public static bool IsOnLabelBoundary(IPPrefix prefix) => prefix.Length % BitsPerLabel(prefix.IsIPv6) == 0;

    /// <summary>The name of a prefix on a label boundary: <c>192.0.2.0/24</c> is <c>2.0.192.in-addr.arpa.</c></summary>
    /// <exception cref="ArgumentException">The prefix is not on a label boundary; expand it first.</exception>
    public static DomainName FromPrefix(IPPrefix prefix)
    {
        if (!IsOnLabelBoundary(prefix))
        {
            throw new ArgumentException($"{prefix} does not end on a label boundary.", nameof(prefix));
        }

        Span<byte> wire = stackalloc byte[DomainName.MaxLength];
        return DomainName.FromValidWire(wire[..WriteName(prefix, wire)]);
    }

    /// <summary>Writes the name of a prefix on a label boundary.</summary>
    /// <param name="prefix">A prefix on a label boundary.</param>
    /// <param name="wire">Room for 74 octets.</param>
    /// <returns>The octets written.</returns>
    public static int WriteName(IPPrefix prefix, Span<byte> wire)
    {
        var step = BitsPerLabel(prefix.IsIPv6);
        var position = 0;
        for (var end = prefix.Length; end > 0; end -= (byte)step)
        {
            var value = (byte)(prefix.Bits >> (128 - end)) & ((1 << step) - 1);
            position += WriteLabel(wire[position..], value, prefix.IsIPv6);
        }

        var root = (prefix.IsIPv6 ? IPv6Root : IPv4Root).Wire;
        root.CopyTo(wire[position..]);
        return position + root.Length;
    }

    /// <summary>The label of one octet (decimal) or nibble (hexadecimal, lower case) with its length octet.</summary>
    /// <returns>The octets written, at most 4.</returns>
    public static int WriteLabel(Span<byte> wire, int value, bool isIPv6)
    {
        if (isIPv6)
        {
            wire[0] = 1;
            wire[1] = "0123456789abcdef"u8[value];
            return 2;
        }

        var digits = 0;
        if (value >= 100)
        {
            wire[++digits] = (byte)('0' + value / 100);
        }

        if (value >= 10)
        {
            wire[++digits] = (byte)('0' + value / 10 % 10);
        }

        wire[++digits] = (byte)('0' + value % 10);
        wire[0] = (byte)digits;
        return digits + 1;
    }

    /// <summary>The prefix that a name of the reverse tree stands for; false for every other name, such as <c>64-26.2.0.192.in-addr.arpa.</c></summary>
    public static bool TryGetPrefix(DomainName name, out IPPrefix prefix) => TryGetPrefix(name.Wire, out prefix);

    /// <inheritdoc cref="TryGetPrefix(DomainName, out IPPrefix)"/>
    public static bool TryGetPrefix(ReadOnlySpan<byte> name, out IPPrefix prefix)
    {
        prefix = default;
        var isIPv6 = WireName.IsSubdomainOf(name, IPv6Root.Wire);
        if (!isIPv6 && !WireName.IsSubdomainOf(name, IPv4Root.Wire))
        {
            return false;
        }

        var labelsEnd = name.Length - (isIPv6 ? IPv6Root : IPv4Root).Length;
        var step = BitsPerLabel(isIPv6);
        var bits = UInt128.Zero;
        var length = 0;
        for (var position = 0; position < labelsEnd; position += name[position] + 1)
        {
            // The leftmost label is the least significant: each further one moves the earlier ones down.
            if (length == (isIPv6 ? 128 : 32) || !TryReadLabel(name.Slice(position + 1, name[position]), isIPv6, out var value))
            {
                return false;
            }

            bits = (bits >> step) | ((UInt128)(uint)value << (128 - step));
            length += step;
        }

        prefix = IPPrefix.Create(bits, length, isIPv6);
        return true;
    }

    /// <summary>Reads an octet in decimal without leading zeros, or one hexadecimal digit.</summary>
    public static bool TryReadLabel(ReadOnlySpan<byte> label, bool isIPv6, out int value)
    {
        value = 0;
        if (isIPv6)
        {
            value = label.Length == 1 && char.IsAsciiHexDigit((char)label[0]) ? HexValue(label[0]) : -1;
            return value >= 0;
        }

        if (label.Length is 0 or > 3 || (label.Length > 1 && label[0] == (byte)'0'))
        {
            return false;
        }

        foreach (var digit in label)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = value * 10 + digit - '0';
        }

        return value <= byte.MaxValue;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
