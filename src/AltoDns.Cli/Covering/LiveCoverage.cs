// Measures what resolvers find for prefixes: every address where there are few, random ones of each prefix where there are many.

using AltoDns.Discovery;
using AltoDns.Protocol.Names;

namespace AltoDns.Cli.Covering;

internal static class LiveCoverage
{
    /// <param name="samples">The most addresses of one prefix that are looked up.</param>
    /// <param name="seed">Of the random addresses.</param>
    public static async Task<CoverageReport> MeasureAsync(
        DiscoveryClient client, IReadOnlyList<IPPrefix> prefixes, int samples, int seed, Action advance, CancellationToken cancellationToken)
    {
        var tally = new CoverageTally();
        var isSampled = prefixes.Any(prefix => SizeOf(prefix) > (UInt128)samples);
        var peers = prefixes.SelectMany(prefix => AddressesOf(prefix, samples, new Random(seed))).Select(address => new Peer(address.Address));
        await foreach (var (peer, result) in client.DiscoverManyAsync(peers.ToAsyncEnumerable(), cancellationToken: cancellationToken))
        {
            tally.Add(IPPrefix.FromAddress(peer.Address), UInt128.One, result);
            advance();
        }

        return tally.ToReport(isSampled, []);
    }

    /// <summary>How many lookups <see cref="MeasureAsync"/> makes.</summary>
    public static int Count(IReadOnlyList<IPPrefix> prefixes, int samples) =>
        prefixes.Sum(prefix => (int)UInt128.Min(SizeOf(prefix), (UInt128)samples));

    private static IEnumerable<IPPrefix> AddressesOf(IPPrefix prefix, int samples, Random random)
    {
        var size = SizeOf(prefix);
        for (var i = 0; i < (int)UInt128.Min(size, (UInt128)samples); i++)
        {
            var offset = size <= (UInt128)samples ? (UInt128)i : Draw(random) % size;
            yield return IPPrefix.Create(prefix.Bits + (offset << (128 - prefix.AddressLength)), prefix.AddressLength, prefix.IsIPv6);
        }
    }

    private static UInt128 Draw(Random random) => new((ulong)random.NextInt64() << 1, (ulong)random.NextInt64() ^ (ulong)random.NextInt64() << 32);

    private static UInt128 SizeOf(IPPrefix prefix) =>
        prefix.AddressLength - prefix.Length == 128 ? UInt128.MaxValue : UInt128.One << (prefix.AddressLength - prefix.Length);
}
