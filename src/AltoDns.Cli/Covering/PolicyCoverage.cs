// Measures exactly what loaded zones answer: every part of their address space in which all addresses are treated alike is asked for once.

using System.Globalization;
using AltoDns.Discovery;
using AltoDns.Protocol.Names;
using AltoDns.Web.Explaining;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;

namespace AltoDns.Cli.Covering;

internal static class PolicyCoverage
{
    /// <summary>Below a name without names below it, and between those that it has, one address is like another; assignments are boundaries, too.</summary>
    /// <param name="loaded">Zones that were loaded without errors.</param>
    public static async Task<CoverageReport> MeasureAsync(LoadedZones loaded)
    {
        var zones = loaded.Zones!;
        var options = new DiscoveryOptions { WithKeys = false, IncludeSpecialAddresses = true };
        var client = new DiscoveryClient(new LocalLookup(new LocalQuestion(zones)), options);
        var tally = new CoverageTally();
        var assignments = loaded.Policies.Select(policy => new PolicyTally(policy)).ToList();
        var origins = zones.Zones.Select(zone => ReverseName.TryGetPrefix(zone.Origin, out var prefix) ? prefix : (IPPrefix?)null).OfType<IPPrefix>().ToList();
        foreach (var part in PrefixPartition.Of(Boundaries(zones, loaded.Policies, origins)))
        {
            var result = await client.DiscoverAsync(part.Sample.Address);
            tally.Add(part.Prefix, part.Addresses, result);
            foreach (var assignment in assignments)
            {
                assignment.Add(part, result);
            }
        }

        return tally.ToReport(isSampled: false, [.. assignments.SelectMany(assignment => assignment.Hidden)]);
    }

    private static IEnumerable<IPPrefix> Boundaries(ZoneSet zones, IReadOnlyList<PolicyDocument> policies, List<IPPrefix> origins)
    {
        foreach (var zone in zones.Zones)
        {
            foreach (var node in zone.InOrder)
            {
                if (ReverseName.TryGetPrefix(zone.NameOf(node), out var prefix) && prefix.Length > 0)
                {
                    yield return prefix;
                }
            }
        }

        foreach (var prefix in policies.SelectMany(policy => policy.Assignments).Select(assignment => assignment.Prefix))
        {
            if (origins.Exists(origin => origin.Contains(prefix)))
            {
                yield return prefix;
            }
        }
    }

    // How far the assignments of one policy are what their addresses find.
    private sealed class PolicyTally(PolicyDocument policy)
    {
        private readonly AssignmentTable _table = new(policy.Assignments);
        private readonly double[] _meant = new double[policy.Assignments.Count];
        private readonly double[] _found = new double[policy.Assignments.Count];

        public IEnumerable<HiddenAssignment> Hidden
        {
            get
            {
                for (var i = 0; i < policy.Assignments.Count; i++)
                {
                    if (_meant[i] > 0 && _found[i] < _meant[i])
                    {
                        var assignment = policy.Assignments[i];
                        yield return new HiddenAssignment(
                            assignment.Prefix.ToString(),
                            policy.Servers[assignment.Server].Name,
                            new SourcePosition(policy.File, assignment.Line, assignment.Column).ToString(),
                            1 - _found[i] / _meant[i]);
                    }
                }
            }
        }

        public void Add(PrefixPart part, DiscoveryResult result)
        {
            if (!policy.Zones.Any(zone => zone.Value.Contains(part.Sample)) || _table.LongestCovering(part.Sample) is not (>= 0 and var assignment))
            {
                return;
            }

            var uris = policy.Servers[_table.ServerOf(assignment)].Uris.Select(uri => uri.Value);
            _meant[assignment] += (double)part.Addresses;
            if (uris.SequenceEqual(result.Servers.Select(server => server.Uri.OriginalString), StringComparer.Ordinal))
            {
                _found[assignment] += (double)part.Addresses;
            }
        }
    }
}

/// <summary>Adds up what discovery found for parts of address space.</summary>
internal sealed class CoverageTally
{
    private const int MaxHoles = 10_000;

    private readonly Dictionary<(bool IsIPv6, string Servers), Share> _shares = [];
    private readonly List<CoverageHole> _holes = [];
    private readonly double[] _total = new double[2];

    public void Add(IPPrefix prefix, UInt128 addresses, DiscoveryResult result)
    {
        var uris = result.Servers.Select(server => server.Uri.OriginalString).ToList();
        var key = (prefix.IsIPv6, string.Join(' ', uris));
        if (!_shares.TryGetValue(key, out var share))
        {
            _shares.Add(key, share = new Share(uris));
        }

        share.Addresses += addresses;
        share.Lookups[result.Trace.Count] = share.Lookups.GetValueOrDefault(result.Trace.Count) + (double)addresses;
        _total[prefix.IsIPv6 ? 1 : 0] += (double)addresses;
        if (result.Status != DiscoveryStatus.Found && _holes.Count < MaxHoles)
        {
            _holes.Add(new CoverageHole(prefix.ToString(), Text(addresses), Why(result)));
        }
    }

    public CoverageReport ToReport(bool isSampled, IReadOnlyList<HiddenAssignment> hidden) => new(
        isSampled,
        [
            .. _shares
                .OrderBy(entry => entry.Key.IsIPv6)
                .ThenByDescending(entry => entry.Value.Addresses)
                .ThenBy(entry => entry.Key.Servers, StringComparer.Ordinal)
                .Select(entry => new CoveredShare(
                    entry.Key.IsIPv6 ? "IPv6" : "IPv4",
                    entry.Value.Servers,
                    Text(entry.Value.Addresses),
                    (double)entry.Value.Addresses / _total[entry.Key.IsIPv6 ? 1 : 0],
                    entry.Value.Lookups.OrderBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value / (double)entry.Value.Addresses))),
        ],
        _holes,
        hidden);

    private static string Text(UInt128 addresses) => addresses.ToString(CultureInfo.InvariantCulture);

    private static string Why(DiscoveryResult result) => result.Trace.FirstOrDefault(step => step.Failure is not null) switch
    {
        null => "no server published",
        { Failure: LocalLookup.Elsewhere } step when step == result.Trace[0] => "delegated or led elsewhere",
        { Failure: LocalLookup.Elsewhere } => "no server published here; shorter names are others' to answer",
        var step => step.Failure!,
    };

    private sealed class Share(IReadOnlyList<string> servers)
    {
        public IReadOnlyList<string> Servers { get; } = servers;

        public UInt128 Addresses { get; set; }

        public SortedDictionary<int, double> Lookups { get; } = [];
    }
}
