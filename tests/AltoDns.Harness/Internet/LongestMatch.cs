// Longest-prefix match as it is defined: every prefix is tried. Slow on purpose, so that it is plainly right.

using AltoDns.Protocol.Names;

namespace AltoDns.Harness.Internet;

public sealed class LongestMatch
{
    private readonly Candidate[] _ipv4;
    private readonly Candidate[] _ipv6;

    public LongestMatch(IReadOnlyList<RegistryPrefix> prefixes)
    {
        _ipv4 = CandidatesOf(prefixes, isIPv6: false);
        _ipv6 = CandidatesOf(prefixes, isIPv6: true);
    }

    /// <summary>The country whose prefix covers an address and is the longest to do so; null where none covers it.</summary>
    /// <param name="address">A prefix of full length.</param>
    public string? CountryOf(IPPrefix address)
    {
        var (upper, lower) = Halves(address.Bits);
        string? country = null;
        var length = -1;
        foreach (ref readonly var candidate in (address.IsIPv6 ? _ipv6 : _ipv4).AsSpan())
        {
            var differs = ((upper ^ candidate.Upper) & candidate.UpperMask) | ((lower ^ candidate.Lower) & candidate.LowerMask);
            if (differs == 0 && candidate.Length > length)
            {
                (country, length) = (candidate.Country, candidate.Length);
            }
        }

        return country;
    }

    private static Candidate[] CandidatesOf(IReadOnlyList<RegistryPrefix> prefixes, bool isIPv6) =>
        [.. prefixes.Where(entry => entry.Prefix.IsIPv6 == isIPv6).Select(CandidateOf)];

    private static Candidate CandidateOf(RegistryPrefix entry)
    {
        var (upper, lower) = Halves(entry.Prefix.Bits);
        int length = entry.Prefix.Length;
        var (upperMask, lowerMask) = Halves(length == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - length));
        return new Candidate(upper, lower, upperMask, lowerMask, length, entry.Country);
    }

    private static (ulong Upper, ulong Lower) Halves(UInt128 bits) => ((ulong)(bits >> 64), (ulong)bits);

    private readonly record struct Candidate(ulong Upper, ulong Lower, ulong UpperMask, ulong LowerMask, int Length, string Country);
}
