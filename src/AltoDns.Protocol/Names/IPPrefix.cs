// An IPv4 or IPv6 prefix as bits: what assignments, zones and delegations are written in.

using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Names;

/// <summary>Why a text is not an IP prefix.</summary>
public enum PrefixError
{
    None,
    NotAnAddress,
    BadLength,
    HostBits,
}

/// <summary>
/// An address and a prefix length (RFC 4632 §3.1, RFC 4291 §2.3) with no bit set below it. Bits are held left-aligned:
/// the first bit of the address is the most significant of 128.
/// </summary>
public readonly record struct IPPrefix : IComparable<IPPrefix>
{
    // Two halves, as code that has to do with UInt128 fields cannot be compiled before it runs.
    private readonly ulong _high;
    private readonly ulong _low;

    private IPPrefix(UInt128 bits, int length, bool isIPv6)
    {
        _high = (ulong)(bits >> 64);
        _low = (ulong)bits;
        Length = (byte)length;
        IsIPv6 = isIPv6;
    }

    /// <summary>The address bits, left-aligned; all bits from <see cref="Length"/> on are zero.</summary>
    public UInt128 Bits => new(_high, _low);

    /// <summary>0 to 32 (IPv4) or 128 (IPv6).</summary>
    public byte Length { get; }

    public bool IsIPv6 { get; }

    /// <summary>Bits of a full address of this family: 32 or 128.</summary>
    public int AddressLength => IsIPv6 ? 128 : 32;

    public bool IsSingleAddress => Length == AddressLength;

    /// <summary>The first address of the prefix.</summary>
    public IPAddress Address
    {
        get
        {
            Span<byte> octets = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(octets, Bits);
            return new IPAddress(IsIPv6 ? octets : octets[..4]);
        }
    }

    /// <summary>Keeps the first <paramref name="length"/> bits and clears the others.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length exceeds the family's 32 or 128 bits.</exception>
    public static IPPrefix Create(UInt128 bits, int length, bool isIPv6)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, isIPv6 ? 128 : 32);
        return new IPPrefix(bits & Mask(length), length, isIPv6);
    }

    public static IPPrefix FromAddress(IPAddress address)
    {
        var isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        address.TryWriteBytes(octets, out _);
        return new IPPrefix(BinaryPrimitives.ReadUInt128BigEndian(octets), isIPv6 ? 128 : 32, isIPv6);
    }

    /// <summary>Reads <c>address/length</c>, or a bare address as one of full length. Octets and lengths are decimal without leading zeros.</summary>
    /// <remarks>On <see cref="PrefixError.HostBits"/> the prefix is the one with those bits cleared, for use in a remedy.</remarks>
    public static PrefixError TryParse(ReadOnlySpan<char> text, out IPPrefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        var addressText = slash < 0 ? text : text[..slash];
        if (!TryParseAddress(addressText, out var full))
        {
            return PrefixError.NotAnAddress;
        }

        if (slash < 0)
        {
            prefix = full;
            return PrefixError.None;
        }

        if (!TryParseLength(text[(slash + 1)..], full.Length, out var length))
        {
            return PrefixError.BadLength;
        }

        prefix = Create(full.Bits, length, full.IsIPv6);
        return prefix.Bits == full.Bits ? PrefixError.None : PrefixError.HostBits;
    }

    /// <exception cref="FormatException">The text is no prefix, or has host bits set.</exception>
    public static IPPrefix Parse(string text) =>
        TryParse(text, out var prefix) == PrefixError.None ? prefix : throw new FormatException($"'{text}' is not an IP prefix.");

    /// <summary>Whether every address of <paramref name="other"/> lies in this prefix.</summary>
    public bool Contains(IPPrefix other)
    {
        var (high, low) = Length <= 64
            ? (Length == 0 ? 0 : ulong.MaxValue << (64 - Length), 0UL)
            : (ulong.MaxValue, Length == 128 ? ulong.MaxValue : ~(ulong.MaxValue >> (Length - 64)));
        return IsIPv6 == other.IsIPv6 && Length <= other.Length && (other._high & high) == _high && (other._low & low) == _low;
    }

    /// <summary>The first <paramref name="length"/> bits as a prefix.</summary>
    public IPPrefix Truncate(int length) => Create(Bits, length, IsIPv6);

    /// <summary>By family (IPv4 first), then bits, then length: a covering prefix comes before what it covers.</summary>
    public int CompareTo(IPPrefix other)
    {
        var order = IsIPv6.CompareTo(other.IsIPv6);
        order = order != 0 ? order : _high.CompareTo(other._high);
        order = order != 0 ? order : _low.CompareTo(other._low);
        return order != 0 ? order : Length.CompareTo(other.Length);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");

    public static bool operator <(IPPrefix left, IPPrefix right) => left.CompareTo(right) < 0;

    public static bool operator <=(IPPrefix left, IPPrefix right) => left.CompareTo(right) <= 0;

    public static bool operator >(IPPrefix left, IPPrefix right) => left.CompareTo(right) > 0;

    public static bool operator >=(IPPrefix left, IPPrefix right) => left.CompareTo(right) >= 0;

    private static UInt128 Mask(int length) => length == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - length);

    private static bool TryParseAddress(ReadOnlySpan<char> text, out IPPrefix address)
    {
        // IPAddress would also take "1.2", octal octets, brackets and zones; a prefix in a file is always written out.
        address = default;
        Span<byte> octets = stackalloc byte[AddressPresentation.MaxLength];
        if (!Encoding.UTF8.TryGetBytes(text, octets, out var length))
        {
            return false;
        }

        octets = octets[..length];
        if (AddressPresentation.TryParseIPv4(octets, out var quad))
        {
            address = new IPPrefix((UInt128)quad << 96, 32, isIPv6: false);
            return true;
        }

        if (AddressPresentation.TryParseIPv6(octets, out var bits))
        {
            address = new IPPrefix(bits, 128, isIPv6: true);
            return true;
        }

        return false;
    }

    /// <summary>Reads a decimal number without leading zeros.</summary>
    private static bool TryParseLength(ReadOnlySpan<char> text, int maximum, out int length) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length)
        && length <= maximum
        && (text.Length == 1 || text[0] != '0');
}
