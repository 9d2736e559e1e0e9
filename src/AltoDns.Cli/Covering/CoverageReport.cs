// Which share of address space finds which server, in a form for people and programs.

namespace AltoDns.Cli.Covering;

/// <param name="Servers">The URIs, best first; empty for none.</param>
/// <param name="Addresses">How many, as a decimal number: IPv6 has more than JSON's numbers hold.</param>
/// <param name="Share">Of the family's addresses looked at, 0 to 1.</param>
/// <param name="Lookups">For each number of lookups that it takes, the share of these addresses.</param>
internal sealed record CoveredShare(string Family, IReadOnlyList<string> Servers, string Addresses, double Share, IReadOnlyDictionary<int, double> Lookups);

/// <param name="Why">Why no server is found.</param>
internal sealed record CoverageHole(string Prefix, string Addresses, string Why);

/// <param name="Place">Where it is assigned, file:line:column.</param>
/// <param name="HiddenShare">The share of the addresses for which it is the longest prefix and that do not find its server, 0 to 1.</param>
internal sealed record HiddenAssignment(string Prefix, string Server, string Place, double HiddenShare);

/// <param name="IsSampled">Whether shares are estimates from random addresses.</param>
internal sealed record CoverageReport(
    bool IsSampled, IReadOnlyList<CoveredShare> Shares, IReadOnlyList<CoverageHole> Holes, IReadOnlyList<HiddenAssignment> Hidden);
