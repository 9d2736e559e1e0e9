// The names at which a zone or a delegation begins: one, several off the label boundary, or one of RFC 2317.

using System.Text;
using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Configuration;

internal static class CutNames
{
    private const int LastIPv4Boundary = 24;

    /// <summary>Whether a prefix lies between the label boundaries of /24 and /32, where only RFC 2317 gives it a name.</summary>
    public static bool IsClassless(IPPrefix prefix) => prefix is { IsIPv6: false, Length: > LastIPv4Boundary and < 32 };

    /// <summary>The length of the zones that a zone's prefix becomes: its own, or the next label boundary's.</summary>
    public static int ZoneLength(IPPrefix prefix)
    {
        var step = ReverseName.BitsPerLabel(prefix.IsIPv6);
        return IsClassless(prefix) ? prefix.Length : (prefix.Length + step - 1) / step * step;
    }

    /// <summary>The names of a prefix's zones: <c>64-26.2.0.192.in-addr.arpa.</c> for 192.0.2.64/26 (RFC 2317 §4, with <c>-</c> for <c>/</c>).</summary>
    /// <param name="zone">The zone that the prefix is cut from; below a classless one, names end in its name.</param>
    public static IReadOnlyList<DomainName> Of(IPPrefix prefix, IPPrefix zone)
    {
        if (IsClassless(zone) && prefix != zone)
        {
            return [Prepend(prefix, Classless(zone))];
        }

        if (IsClassless(prefix))
        {
            return [Classless(prefix)];
        }

        var length = ZoneLength(prefix);
        var names = new DomainName[1 << (length - prefix.Length)];
        for (var i = 0; i < names.Length; i++)
        {
            // A prefix that needs no expansion has no bits to count in, and /0 none to shift by.
            var bits = i == 0 ? prefix.Bits : prefix.Bits | ((UInt128)i << (128 - length));
            names[i] = ReverseName.FromPrefix(IPPrefix.Create(bits, length, prefix.IsIPv6));
        }

        return names;
    }

    private static DomainName Classless(IPPrefix prefix) => Prepend(prefix, ReverseName.FromPrefix(prefix.Truncate(LastIPv4Boundary)));

    private static DomainName Prepend(IPPrefix prefix, DomainName parent)
    {
        var octet = (byte)(prefix.Bits >> 96);
        var label = prefix.IsSingleAddress ? $"{octet}" : $"{octet}-{prefix.Length}";
        return parent.TryPrepend(Encoding.ASCII.GetBytes(label), out var name)
            ? name
            : throw new ArgumentException($"{prefix} has no name below {parent}.", nameof(prefix));
    }
}
