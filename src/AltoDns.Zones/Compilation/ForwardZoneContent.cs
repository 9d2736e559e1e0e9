// A zone outside the reverse tree, such as the small one of the ALTO servers' hosts: TLSA records of their certificates.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Compilation;

internal sealed class ForwardZoneContent : ZoneContent
{
    private readonly uint _timeToLive;
    private readonly List<AltoEndpoint> _hosts = [];
    private readonly Dictionary<DomainName, List<TransportKey>> _keys = [];

    public ForwardZoneContent(Positioned<DomainName> zone, PolicyDocument policy)
        : base(zone.Value, zone.Position)
    {
        _timeToLive = policy.TimeToLive;
        foreach (var server in policy.Servers)
        {
            foreach (var endpoint in TransportKeys.EndpointsOf(server).Where(endpoint => endpoint.Host.IsSubdomainOf(Origin)))
            {
                _hosts.Add(endpoint);
                AddKeys(endpoint, server.Certificates);
            }
        }
    }

    // One place says which keys a host shows; the same record in the base zone is no second opinion.
    public override string? ReasonToLeaveOut(ZoneRecord record) =>
        record.Data is TlsaData data && _keys.TryGetValue(record.Owner, out var keys) && !keys.Exists(key => key.Record.Equals(data))
            ? $"The TLSA record of the base zone at {record.Owner} is not served: those of the policy's certificates take its place."
            : null;

    public override IReadOnlyList<HiddenAssignment> AddTo(ZoneDraft draft, ProblemList problems)
    {
        ZoneChecker.Check(draft);
        foreach (var (owner, keys) in _keys)
        {
            if (FindObstacle(draft.Zone, owner) is { } obstacle)
            {
                problems.Warn(
                    keys[0].Position,
                    $"The TLSA record of {owner} is not served: {obstacle}.",
                    $"Add it where that leads: {owner} IN TLSA {keys[0].Record}.");
                continue;
            }

            var node = draft.Zone.AddName(owner);
            foreach (var key in keys)
            {
                draft.Zone.AddRecord(node, _timeToLive, key.Record);
            }
        }

        foreach (var host in _hosts.DistinctBy(host => host.Host))
        {
            CheckAddress(draft.Zone, host, problems);
        }

        return [];
    }

    private void AddKeys(AltoEndpoint endpoint, IReadOnlyList<CertificateDocument> certificates)
    {
        if (endpoint.TlsaOwner is not { } owner || certificates.Count == 0)
        {
            return;
        }

        if (!_keys.TryGetValue(owner, out var keys))
        {
            _keys.Add(owner, keys = []);
        }

        keys.AddRange(certificates.Select(certificate => new TransportKey(TransportKeys.RecordOf(certificate), certificate.Position)));
    }

    // Without an address a client never gets as far as the key.
    private void CheckAddress(ZoneBuilder zone, AltoEndpoint endpoint, ProblemList problems)
    {
        var host = endpoint.Host;
        if (FindObstacle(zone, host) is not null || (zone.FindName(host) is >= 0 and var node && HasAddress(zone, node)))
        {
            return;
        }

        // RFC 4592 §2.2.2: a name above another exists, so no wildcard stands in for it.
        var isReached = HasWildcardAddress(zone, host);
        if (!isReached || zone.FindName(host) >= 0)
        {
            problems.Warn(
                endpoint.Position,
                $"Host {host} has no address in zone {Origin}{(isReached ? ", as a wildcard does not reach a name with records at or below it" : "")}.",
                "Add its A or AAAA record to the base of the zone.");
        }
    }

    // What answers in place of a record at this name, as the end of a sentence; null for nothing.
    private static string? FindObstacle(ZoneBuilder zone, DomainName owner)
    {
        string? obstacle = null;
        for (var name = owner; name.LabelCount >= zone.Origin.LabelCount; name = name.Parent)
        {
            var node = zone.FindName(name);
            if (node > ZoneSnapshot.Apex && zone.HasRecord(node, RecordType.NS))
            {
                obstacle = $"{name} is delegated to other name servers";
            }
            else if (node >= 0 && name != owner && zone.HasRecord(node, RecordType.DNAME))
            {
                obstacle = $"{name} is redirected by a DNAME";
            }
            else if (node >= 0 && name == owner && zone.HasRecord(node, RecordType.CNAME))
            {
                obstacle = $"{name} is an alias";
            }
        }

        return obstacle;
    }

    private bool HasWildcardAddress(ZoneBuilder zone, DomainName host)
    {
        for (var name = host; name != Origin; name = name.Parent)
        {
            if (name.Parent.TryPrependWildcard(out var wildcard) && zone.FindName(wildcard) is >= 0 and var node)
            {
                return HasAddress(zone, node) || zone.HasRecord(node, RecordType.CNAME);
            }
        }

        return false;
    }

    private static bool HasAddress(ZoneBuilder zone, int node) =>
        zone.HasRecord(node, RecordType.A) || zone.HasRecord(node, RecordType.AAAA);

    private readonly record struct TransportKey(TlsaData Record, SourcePosition Position);
}
