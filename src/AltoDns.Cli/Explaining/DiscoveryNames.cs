// The names that a client of RFC 8686 looks up for an address or prefix, in its order.

using System.Globalization;
using AltoDns.Protocol.Names;

namespace AltoDns.Cli.Explaining;

/// <param name="Rule">Such as R32.</param>
internal sealed record DiscoveryName(string Rule, DomainName Name);

internal static class DiscoveryNames
{
    private static readonly int[] IPv4Lengths = [32, 24, 16, 8];
    private static readonly int[] IPv6Lengths = [128, 64, 56, 48, 40, 32];

    /// <summary>The shortest prefix that can be looked up: /8 in IPv4, /32 in IPv6 (RFC 8686 §3.2).</summary>
    public static int ShortestPrefix(bool isIPv6) => isIPv6 ? IPv6Lengths[^1] : IPv4Lengths[^1];

    /// <summary>The names of RFC 8686 §3.4, Table 1: from the longest that covers the whole prefix to the shortest.</summary>
    public static IEnumerable<DiscoveryName> Of(IPPrefix prefix) =>
        (prefix.IsIPv6 ? IPv6Lengths : IPv4Lengths)
            .Where(length => length <= prefix.Length)
            .Select(length => new DiscoveryName(
                string.Create(CultureInfo.InvariantCulture, $"R{length}"), ReverseName.FromPrefix(prefix.Truncate(length))));
}
