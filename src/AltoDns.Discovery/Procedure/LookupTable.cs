// Which names are looked up for an address or prefix, and in which order (RFC 8686 §3.2 to §3.4, docs/peer-labels.md §3).

using System.Globalization;
using AltoDns.Protocol.Names;

namespace AltoDns.Discovery.Procedure;

/// <summary>A name, and what it is called.</summary>
/// <param name="Step">Such as <c>R24</c>, <c>peer</c> or <c>port</c>.</param>
public readonly record struct LookupStep(string Step, DomainName Name);

public static class LookupTable
{
    private static readonly int[] IPv4Lengths = [32, 24, 16, 8];
    private static readonly int[] IPv6Lengths = [128, 64, 56, 48, 40, 32];
    private static readonly string[] Steps =
        [.. Enumerable.Range(0, 129).Select(length => string.Create(CultureInfo.InvariantCulture, $"R{length}"))];

    /// <summary>The shortest prefix that can be looked up: 8 in IPv4, 32 in IPv6.</summary>
    public static int ShortestPrefix(bool isIPv6) => isIPv6 ? IPv6Lengths[^1] : IPv4Lengths[^1];

    /// <summary>The rows of RFC 8686, Table 1: the longest name that covers the whole prefix, then the shorter ones.</summary>
    /// <exception cref="DiscoveryException">The prefix is shorter than any name.</exception>
    public static IEnumerable<LookupStep> Of(IPPrefix prefix)
    {
        if (prefix.Length < ShortestPrefix(prefix.IsIPv6))
        {
            throw new DiscoveryException(
                DiscoveryError.UnsupportedPrefixLength,
                nameof(prefix),
                $"Unsupported prefix length: {prefix} is shorter than /{ShortestPrefix(prefix.IsIPv6)} (RFC 8686 §3.2).");
        }

        return Names(prefix);
    }

    /// <summary>The same for a peer: by its ID, then by its port, then by its address.</summary>
    /// <param name="prefix">With a hint, a full address.</param>
    public static IEnumerable<LookupStep> Of(IPPrefix prefix, PeerHint? hint)
    {
        var names = Of(prefix);
        return hint is null || !prefix.IsSingleAddress ? names : HintNames(prefix, hint).Concat(names);
    }

    private static IEnumerable<LookupStep> Names(IPPrefix prefix)
    {
        foreach (var length in prefix.IsIPv6 ? IPv6Lengths : IPv4Lengths)
        {
            if (length <= prefix.Length)
            {
                yield return new LookupStep(Steps[length], ReverseName.FromPrefix(prefix.Truncate(length)));
            }
        }
    }

    private static IEnumerable<LookupStep> HintNames(IPPrefix prefix, PeerHint hint)
    {
        var address = ReverseName.FromPrefix(prefix);
        if (hint.Id is { } id && PeerName.TryFromId(address, id, out var name))
        {
            yield return new LookupStep("peer", name);
        }

        if (hint.Port is { } port)
        {
            yield return new LookupStep("port", PeerName.FromPort(address, port));
        }
    }
}
