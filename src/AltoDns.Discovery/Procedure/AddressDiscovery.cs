// The procedure of RFC 8686 §3 for one address or prefix, and that of RFC 7286 for a domain name.

using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Procedure;

/// <summary>Runs over anything that answers for names. Safe for several threads.</summary>
internal sealed class AddressDiscovery(INameLookup lookup, DiscoveryOptions options)
{
    /// <param name="subject">What the result calls it.</param>
    /// <param name="names">In the order of preference.</param>
    public async Task<DiscoveryResult> DiscoverAsync(
        string subject, IEnumerable<LookupStep> names, ServiceParameter service, bool withKeys, CancellationToken cancellationToken)
    {
        var session = new LookupSession(lookup, options.MaxLookups, cancellationToken);
        var walk = new NaptrWalk(session, service);
        var failed = new List<LookupStep>();
        foreach (var name in names)
        {
            var hadErrors = session.HadTemporaryErrors;
            if (await walk.FollowAsync(name.Step, name.Name) is { Count: > 0 } servers)
            {
                return await CompleteAsync(subject, session, name, servers, withKeys);
            }

            // RFC 8686 §3.5: a name that failed is like one without records; the next one at once.
            if (!hadErrors && session.HadTemporaryErrors)
            {
                failed.Add(name);
            }
        }

        // Only after every name was tried may those that failed be tried again.
        foreach (var name in options.RetryTemporaryErrors ? failed : [])
        {
            if (await walk.FollowAsync(name.Step, name.Name) is { Count: > 0 } servers)
            {
                return await CompleteAsync(subject, session, name, servers, withKeys);
            }
        }

        return new DiscoveryResult
        {
            Subject = subject,
            Status = DiscoveryStatus.NotFound,
            Security = session.Security,
            HadTemporaryErrors = session.HadTemporaryErrors,
            TimeToLive = session.TimeToLive,
            Trace = session.Trace,
        };
    }

    private static async Task<DiscoveryResult> CompleteAsync(
        string subject, LookupSession session, LookupStep name, IReadOnlyList<AltoServer> servers, bool withKeys)
    {
        // What the keys say has no part in which server was found.
        var (security, timeToLive, hadErrors) = (session.Security, session.TimeToLive, session.HadTemporaryErrors);
        var keys = withKeys ? await ReadKeysAsync(session, name.Name) : [];
        return new DiscoveryResult
        {
            Subject = subject,
            Status = DiscoveryStatus.Found,
            Servers = withKeys ? [.. servers.Select(server => server with { Keys = KeysOf(server, keys) })] : servers,
            Keys = keys,
            AnsweringName = name.Name,
            Security = security,
            HadTemporaryErrors = hadErrors || session.HadTemporaryErrors,
            TimeToLive = timeToLive,
            Trace = session.Trace,
        };
    }

    private static async ValueTask<IReadOnlyList<AltoKey>> ReadKeysAsync(LookupSession session, DomainName name)
    {
        if (await session.AskAsync("keys", name, RecordType.TXT) is not { Outcome: LookupOutcome.Found } answer)
        {
            return [];
        }

        return [.. answer.Records.OfType<TxtData>().Select(text => KeyRecord.TryRead(text, answer.Security, out var key) ? key : null).OfType<AltoKey>()];
    }

    private static IReadOnlyList<AltoKey> KeysOf(AltoServer server, IReadOnlyList<AltoKey> keys) =>
        [.. keys.Where(key => key.Host.Equals(server.Uri.IdnHost.TrimEnd('.'), StringComparison.OrdinalIgnoreCase))];
}
