// A domain name in uncompressed wire form: immutable, compared without regard to ASCII case.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Names;

/// <summary>
/// A fully qualified domain name (RFC 1035 §3.1): labels of 1 to 63 octets, at most 255 octets in all with length
/// octets and the root label. Octets keep their case; equality and order ignore it (RFC 4343). The default value is the root.
/// </summary>
public readonly struct DomainName : IEquatable<DomainName>, IComparable<DomainName>
{
    /// <summary>The most octets a name may take in wire form, the root label included (RFC 1035 §2.3.4).</summary>
    public const int MaxLength = 255;

    /// <summary>The most octets a label may hold (RFC 1035 §2.3.4).</summary>
    public const int MaxLabelLength = 63;

    /// <summary>The most labels a name may have, the root label not counted.</summary>
    public const int MaxLabels = 127;

    private static readonly byte[] RootWire = [0];
    private readonly byte[]? _wire;

    private DomainName(byte[] wire) => _wire = wire;

    /// <summary>The root, written <c>.</c>.</summary>
    public static DomainName Root => default;

    /// <summary>The wire form: length-prefixed labels, ending in the root's zero octet.</summary>
    public ReadOnlySpan<byte> Wire => _wire ?? RootWire;

    /// <summary>Octets of the wire form, 1 to 255.</summary>
    public int Length => _wire?.Length ?? 1;

    public bool IsRoot => Length == 1;

    /// <summary>Whether the leftmost label is the single octet <c>*</c> (RFC 4592 §2.1.1).</summary>
    public bool IsWildcard => WireName.IsWildcard(Wire);

    /// <summary>Labels, the root not counted: 0 to 127.</summary>
    public int LabelCount => WireName.CountLabels(Wire);

    /// <summary>The leftmost label without its length octet; empty for the root.</summary>
    public ReadOnlySpan<byte> FirstLabel => Wire.Slice(1, Wire[0]);

    /// <summary>The name without its leftmost label; the root's parent is the root.</summary>
    public DomainName Parent => IsRoot ? Root : new DomainName(Wire[(Wire[0] + 1)..].ToArray());

    /// <summary>Copies a name from its uncompressed wire form; false where the octets are not exactly one well-formed name.</summary>
    public static bool TryFromWire(ReadOnlySpan<byte> wire, out DomainName name)
    {
        name = default;
        if (wire.IsEmpty || WireName.Measure(wire) != wire.Length)
        {
            return false;
        }

        name = FromValidWire(wire);
        return true;
    }

    /// <summary>Reads presentation form, relative names ending in <paramref name="origin"/> (RFC 1035 §5.1).</summary>
    /// <returns><see cref="NameError.None"/> and the name, or the first fault and the root.</returns>
    public static NameError TryParse(ReadOnlySpan<byte> text, DomainName origin, out DomainName name) =>
        NamePresentation.TryParse(text, origin, out name);

    /// <summary>Reads presentation form, a missing final dot taken as given.</summary>
    /// <exception cref="FormatException">The text is no domain name.</exception>
    public static DomainName Parse(string text)
    {
        var error = NamePresentation.TryParse(System.Text.Encoding.UTF8.GetBytes(text), Root, out var name);
        return error == NameError.None ? name : throw new FormatException($"'{text}' is not a domain name: {error.Describe()}");
    }

    /// <summary>This name with one more label on its left; false where the label or the result would be too long, or the label is empty.</summary>
    public bool TryPrepend(ReadOnlySpan<byte> label, out DomainName name)
    {
        // Read before `name` is written: it may be the very variable that this is.
        var parent = Wire;
        name = default;
        if (label.Length is 0 or > MaxLabelLength || label.Length + 1 + parent.Length > MaxLength)
        {
            return false;
        }

        var wire = new byte[label.Length + 1 + parent.Length];
        wire[0] = (byte)label.Length;
        label.CopyTo(wire.AsSpan(1));
        parent.CopyTo(wire.AsSpan(label.Length + 1));
        name = new DomainName(wire);
        return true;
    }

    /// <summary>The wildcard directly below this name; false where it would exceed 255 octets.</summary>
    public bool TryPrependWildcard(out DomainName name) => TryPrepend("*"u8, out name);

    /// <summary>Whether this name equals <paramref name="ancestor"/> or lies below it.</summary>
    public bool IsSubdomainOf(DomainName ancestor) => WireName.IsSubdomainOf(Wire, ancestor.Wire);

    /// <summary>The name with ASCII letters in lower case, the canonical form of RFC 4034 §6.2.</summary>
    public DomainName ToLower()
    {
        var lower = Wire.ToArray();
        WireName.LowerInPlace(lower);
        return new DomainName(lower);
    }

    public bool Equals(DomainName other) => WireName.EqualsIgnoreCase(Wire, other.Wire);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is DomainName other && Equals(other);

    public override int GetHashCode() => WireName.HashIgnoreCase(Wire);

    /// <summary>Canonical DNS name order: label by label from the right, as lower-case octets (RFC 4034 §6.1).</summary>
    public int CompareTo(DomainName other) => WireName.CompareCanonical(Wire, other.Wire);

    /// <summary>Absolute presentation form with a final dot; octets outside printable ASCII as <c>\DDD</c> (RFC 4343 §2.1).</summary>
    public override string ToString() => NamePresentation.ToString(Wire);

    public static bool operator ==(DomainName left, DomainName right) => left.Equals(right);

    public static bool operator !=(DomainName left, DomainName right) => !left.Equals(right);

    public static bool operator <(DomainName left, DomainName right) => left.CompareTo(right) < 0;

    public static bool operator <=(DomainName left, DomainName right) => left.CompareTo(right) <= 0;

    public static bool operator >(DomainName left, DomainName right) => left.CompareTo(right) > 0;

    public static bool operator >=(DomainName left, DomainName right) => left.CompareTo(right) >= 0;

    internal static DomainName FromValidWire(ReadOnlySpan<byte> wire) => wire.Length == 1 ? Root : new DomainName(wire.ToArray());
}
