// Questions for addresses of the whole Internet, nine of ten where somebody has been given address space.

using AltoDns.Harness.Internet;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Traffic;

internal sealed class InternetTraffic(IReadOnlyList<RegistryPrefix> prefixes)
{
    private readonly Dictionary<IPPrefix, string> _countries = prefixes.ToDictionary(entry => entry.Prefix, entry => entry.Country);
    private readonly ILookup<bool, int> _lengths = prefixes
        .Select(entry => (entry.Prefix.IsIPv6, (int)entry.Prefix.Length)).Distinct().OrderByDescending(entry => entry.Item2)
        .ToLookup(entry => entry.IsIPv6, entry => entry.Item2);

    /// <summary>Half of them IPv4, half IPv6, in turns.</summary>
    public IEnumerable<Asked> Make(int count, int seed) => RandomAddresses.Make(prefixes, count, seed).Select(address =>
    {
        var country = CountryOf(address);
        return new Asked(
            ReverseName.FromPrefix(address),
            RecordType.NAPTR,
            country is null ? ResponseCode.NameError : ResponseCode.NoError,
            country is null ? null : InternetPolicy.UriOf(country));
    });

    /// <summary>The country whose prefix covers an address and is the longest to do so; null where none does.</summary>
    public string? CountryOf(IPPrefix address)
    {
        foreach (var length in _lengths[address.IsIPv6])
        {
            if (_countries.TryGetValue(address.Truncate(length), out var country))
            {
                return country;
            }
        }

        return null;
    }
}
