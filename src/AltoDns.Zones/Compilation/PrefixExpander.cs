// Cuts a prefix into prefixes that have names of their own.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Compilation;

/// <summary>A prefix between two label boundaries is published at each name of the longer one.</summary>
public static class PrefixExpander
{
    private static readonly int[] IPv4DiscoveryLengths = [8, 16, 24, 32];
    private static readonly int[] IPv6DiscoveryLengths = [32, 40, 48, 56, 64, 128];

    /// <summary>The prefixes on the next label boundary that together are <paramref name="prefix"/>: at most 128 in IPv4, 8 in IPv6.</summary>
    public static IEnumerable<IPPrefix> ToLabelBoundary(IPPrefix prefix) => Split(prefix, BoundaryOf(prefix));

    /// <summary>The length of the next label boundary, the prefix's own length where it is on one.</summary>
    public static int BoundaryOf(IPPrefix prefix)
    {
        var step = ReverseName.BitsPerLabel(prefix.IsIPv6);
        return (prefix.Length + step - 1) / step * step;
    }

    /// <summary>The length of the next name that RFC 8686 §3.3 looks up.</summary>
    public static int DiscoveryLengthOf(IPPrefix prefix) =>
        (prefix.IsIPv6 ? IPv6DiscoveryLengths : IPv4DiscoveryLengths).First(length => length >= prefix.Length);

    /// <summary>The prefixes of a given length that together are <paramref name="prefix"/>, in ascending order.</summary>
    public static IEnumerable<IPPrefix> Split(IPPrefix prefix, int length)
    {
        var count = UInt128.One << (length - prefix.Length);
        for (var i = UInt128.Zero; i < count; i++)
        {
            yield return IPPrefix.Create(prefix.Bits | (length == 0 ? i : i << (128 - length)), length, prefix.IsIPv6);
        }
    }
}
