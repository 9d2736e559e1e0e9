// A zone of the reverse tree: which prefix it is for, and how addresses are named in it.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Compilation;

/// <summary>
/// One zone. Most are on a label boundary and named by RFC 1035 §3.5 or RFC 3596 §2.5; one that is longer than /24 in IPv4 is
/// classless and named by RFC 2317 with a hyphen: <c>64-26.2.0.192.in-addr.arpa.</c> holds <c>77.64-26.2.0.192.in-addr.arpa.</c>
/// </summary>
public sealed class ReverseZone
{
    private ReverseZone(IPPrefix prefix, DomainName origin, bool isClassless)
    {
        Prefix = prefix;
        Origin = origin;
        IsClassless = isClassless;
    }

    public IPPrefix Prefix { get; }

    public DomainName Origin { get; }

    /// <summary>Whether addresses are single labels below the origin (RFC 2317 §4).</summary>
    public bool IsClassless { get; }

    /// <summary>The zones that publish a prefix: one on a label boundary or longer than /24 in IPv4, else one for each label that the prefix covers.</summary>
    public static IEnumerable<ReverseZone> Covering(IPPrefix prefix)
    {
        if (IsClasslessLength(prefix))
        {
            yield return new ReverseZone(prefix, ClasslessName(prefix), isClassless: true);
            yield break;
        }

        foreach (var part in PrefixExpander.ToLabelBoundary(prefix))
        {
            yield return new ReverseZone(part, ReverseName.FromPrefix(part), isClassless: false);
        }
    }

    /// <summary>Whether a prefix has no zone of its own but by RFC 2317: IPv4, /25 to /31.</summary>
    public static bool IsClasslessLength(IPPrefix prefix) => !prefix.IsIPv6 && prefix.Length is > 24 and < 32;

    /// <summary>The RFC 2317 name of an IPv4 prefix of /25 to /31, with a hyphen, as a slash upsets many tools.</summary>
    public static DomainName ClasslessName(IPPrefix prefix)
    {
        var label = $"{(byte)(prefix.Bits >> 96)}-{prefix.Length}";
        ReverseName.FromPrefix(prefix.Truncate(24)).TryPrepend(System.Text.Encoding.ASCII.GetBytes(label), out var name);
        return name;
    }

    /// <summary>Writes the name that a prefix in this zone has: on a label boundary, or a single address of a classless zone, or the zone's own prefix.</summary>
    /// <param name="name">Room for 255 octets.</param>
    /// <returns>Octets written.</returns>
    public int WriteName(IPPrefix prefix, Span<byte> name)
    {
        if (!IsClassless)
        {
            return ReverseName.WriteName(prefix, name);
        }

        var length = prefix.IsSingleAddress ? ReverseName.WriteLabel(name, (byte)(prefix.Bits >> 96), isIPv6: false) : 0;
        Origin.Wire.CopyTo(name[length..]);
        return length + Origin.Length;
    }

    /// <summary>The name of a prefix in this zone, on a label boundary or a single address of a classless zone.</summary>
    public DomainName NameOf(IPPrefix prefix)
    {
        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        DomainName.TryFromWire(name[..WriteName(prefix, name)], out var result);
        return result;
    }

    /// <summary>The prefix that a name of this zone stands for; false for a name that is no part of an address.</summary>
    /// <param name="name">At or below the origin, in lower case.</param>
    public bool TryGetPrefix(ReadOnlySpan<byte> name, out IPPrefix prefix)
    {
        if (!IsClassless)
        {
            return ReverseName.TryGetPrefix(name, out prefix);
        }

        prefix = Prefix;
        if (name.Length == Origin.Length)
        {
            return true;
        }

        if (name.Length != Origin.Length + name[0] + 1 || !ReverseName.TryReadLabel(name.Slice(1, name[0]), isIPv6: false, out var value))
        {
            return false;
        }

        prefix = IPPrefix.Create(Prefix.Truncate(24).Bits | (UInt128)(uint)value << 96, 32, isIPv6: false);
        return Prefix.Contains(prefix);
    }

    /// <summary>Address bits that a name stands for, given its parent's; -1 where the label is no part of an address.</summary>
    /// <param name="parentBits">What the parent stands for; the apex for the zone's prefix length.</param>
    /// <param name="label">Without its length octet, in lower case.</param>
    public int AddressBits(int parentBits, ReadOnlySpan<byte> label)
    {
        if (parentBits < 0 || parentBits == Prefix.AddressLength || !ReverseName.TryReadLabel(label, Prefix.IsIPv6, out var value))
        {
            return -1;
        }

        if (!IsClassless)
        {
            return parentBits + ReverseName.BitsPerLabel(Prefix.IsIPv6);
        }

        var address = IPPrefix.Create(Prefix.Truncate(24).Bits | (UInt128)(uint)value << 96, 32, isIPv6: false);
        return Prefix.Contains(address) ? 32 : -1;
    }
}
