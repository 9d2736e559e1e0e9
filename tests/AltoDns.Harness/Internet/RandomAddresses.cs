// Addresses to ask about: half IPv4, half IPv6, most of them where somebody has been given address space.

using AltoDns.Protocol.Names;

namespace AltoDns.Harness.Internet;

public static class RandomAddresses
{
    /// <summary>Of ten addresses this many lie in a prefix of the list, picked with equal chance; the others lie anywhere.</summary>
    private const int InsideOfTen = 9;

    /// <summary>Makes the same addresses for the same seed; even indexes are IPv4, odd ones IPv6.</summary>
    public static IReadOnlyList<IPPrefix> Make(IReadOnlyList<RegistryPrefix> prefixes, int count, int seed)
    {
        var random = new Random(seed);
        var byFamily = prefixes.Select(entry => entry.Prefix).ToLookup(prefix => prefix.IsIPv6);
        IPPrefix[][] families = [[.. byFamily[false]], [.. byFamily[true]]];
        var addresses = new IPPrefix[count];
        for (var i = 0; i < count; i++)
        {
            var family = families[i % 2];
            var within = random.Next(10) < InsideOfTen ? family[random.Next(family.Length)] : default;
            addresses[i] = AddressIn(within.Bits, within.Length, isIPv6: i % 2 == 1, random);
        }

        return addresses;
    }

    private static IPPrefix AddressIn(UInt128 prefix, int length, bool isIPv6, Random random)
    {
        var bits = new UInt128((ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue));
        return IPPrefix.Create(prefix | (length == 128 ? UInt128.Zero : bits >> length), isIPv6 ? 128 : 32, isIPv6);
    }
}
