// Follows NAPTR records from a name to servers: the dynamic delegation discovery of U-NAPTR and S-NAPTR (RFC 4848, RFC 3958, RFC 3403).

using System.Globalization;
using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Procedure;

internal sealed class NaptrWalk(LookupSession session, ServiceParameter service)
{
    // Chains in the wild have one link or two.
    private const int MaxDepth = 8;
    private const int MaxRules = 64;
    private const int MaxServers = 32;

    private readonly HashSet<DomainName> _visited = [];

    /// <summary>The servers that a name leads to, best first; empty for none.</summary>
    /// <param name="step">What the trace calls the first lookup.</param>
    public async ValueTask<IReadOnlyList<AltoServer>> FollowAsync(string step, DomainName name)
    {
        _visited.Clear();
        return await FollowAsync(step, name, LookupSecurity.Secure, MaxDepth);
    }

    private async ValueTask<IReadOnlyList<AltoServer>> FollowAsync(string step, DomainName name, LookupSecurity security, int depth)
    {
        // A chain that comes back to a name it was at would never end.
        if (depth == 0 || !_visited.Add(name) || await session.AskAsync(step, name, RecordType.NAPTR) is not { Outcome: LookupOutcome.Found } answer)
        {
            return [];
        }

        security = LookupSecurities.Weaker(security, answer.Security);
        var servers = new List<AltoServer>();
        foreach (var group in Rules(answer).GroupBy(rule => rule.Order))
        {
            foreach (var rule in group)
            {
                servers.AddRange(await ApplyAsync(rule, security, depth));
            }

            // RFC 3403 §4.1: the lowest order that leads anywhere is the one that counts; until then RFC 3958 §2.2.4 has us go on.
            if (servers.Count > 0)
            {
                break;
            }
        }

        return servers.Count > MaxServers ? servers[..MaxServers] : servers;
    }

    private IEnumerable<NaptrRule> Rules(LookupAnswer answer) => answer.Records
        .OfType<NaptrData>()
        .OrderBy(record => record.Order)
        .ThenBy(record => record.Preference)
        .Select(record => NaptrRule.TryRead(record, service, out var rule) ? rule : null)
        .OfType<NaptrRule>()
        .Take(MaxRules);

    private async ValueTask<IReadOnlyList<AltoServer>> ApplyAsync(NaptrRule rule, LookupSecurity security, int depth) => rule.Flag switch
    {
        NaptrFlag.Uri => [new AltoServer(rule.Uri!, rule.Order, rule.Preference, security, [])],
        NaptrFlag.Service => await ReadServicesAsync(rule, security),
        NaptrFlag.Address => await ReadAddressAsync(rule, security),
        _ => await FollowAsync("chain", rule.Replacement, security, depth - 1),
    };

    // RFC 2782: the lowest priority first; weights spread load among equals, the heavier ones first is good enough for a list.
    private async ValueTask<IReadOnlyList<AltoServer>> ReadServicesAsync(NaptrRule rule, LookupSecurity security)
    {
        if (await session.AskAsync("service", rule.Replacement, RecordType.SRV) is not { Outcome: LookupOutcome.Found } answer)
        {
            return [];
        }

        return
        [
            .. answer.Records.OfType<SrvData>()
                .Where(record => !record.Target.IsRoot)
                .OrderBy(record => record.Priority)
                .ThenByDescending(record => record.Weight)
                .Select(record => ToServer(rule, record.Target, record.Port, LookupSecurities.Weaker(security, answer.Security)))
                .OfType<AltoServer>()
                .Take(MaxServers),
        ];
    }

    // RFC 3958 §2.2.4: without an address it is a failure, and the next record's turn. The address itself is the caller's to look up.
    private async ValueTask<IReadOnlyList<AltoServer>> ReadAddressAsync(NaptrRule rule, LookupSecurity security)
    {
        foreach (var type in new[] { RecordType.AAAA, RecordType.A })
        {
            if (await session.AskAsync("address", rule.Replacement, type) is { Outcome: LookupOutcome.Found })
            {
                return ToServer(rule, rule.Replacement, null, security) is { } server ? [server] : [];
            }
        }

        return [];
    }

    private AltoServer? ToServer(NaptrRule rule, DomainName host, ushort? port, LookupSecurity security)
    {
        var authority = host.ToString().TrimEnd('.');
        var text = string.Create(CultureInfo.InvariantCulture, $"{service.FirstProtocol}://{authority}{(port is null ? "" : $":{port}")}/");
        return Uri.CheckHostName(authority) == UriHostNameType.Dns && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? new AltoServer(uri, rule.Order, rule.Preference, security, [])
            : null;
    }
}
