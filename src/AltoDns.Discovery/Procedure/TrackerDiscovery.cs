// Local BitTorrent trackers by the reverse name of an address (BEP 22): PTR, then SRV at that name and the names above it.

using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Procedure;

internal sealed class TrackerDiscovery(INameLookup lookup, DiscoveryOptions options)
{
    private const int MaxHostNames = 4;

    // A top-level domain has no tracker for all who are in it.
    private const int FewestLabels = 2;

    public async Task<TrackerResult> DiscoverAsync(string subject, DomainName address, CancellationToken cancellationToken)
    {
        var session = new LookupSession(lookup, options.MaxLookups, cancellationToken);
        var trackers = new List<LocalTracker>();
        if (await session.AskAsync("host", address, RecordType.PTR) is { Outcome: LookupOutcome.Found } hosts)
        {
            foreach (var host in hosts.Records.OfType<PtrData>().Select(record => record.Target).Take(MaxHostNames))
            {
                trackers.AddRange(await FindAboveAsync(session, host));
                if (trackers.Count > 0)
                {
                    break;
                }
            }
        }

        return new TrackerResult
        {
            Subject = subject,
            Trackers = trackers,
            Security = session.Security,
            HadTemporaryErrors = session.HadTemporaryErrors,
            Trace = session.Trace,
        };
    }

    private static async Task<IReadOnlyList<LocalTracker>> FindAboveAsync(LookupSession session, DomainName host)
    {
        for (; host.LabelCount >= FewestLabels; host = host.Parent)
        {
            if (!host.TryPrepend("_tcp"u8, out var name) || !name.TryPrepend("_bittorrent-tracker"u8, out name))
            {
                continue;
            }

            if (await session.AskAsync("tracker", name, RecordType.SRV) is not { Outcome: LookupOutcome.Found } answer)
            {
                continue;
            }

            // RFC 2782: a single record with the root as target says that there is none, decidedly.
            return
            [
                .. answer.Records.OfType<SrvData>()
                    .Where(record => !record.Target.IsRoot)
                    .OrderBy(record => record.Priority)
                    .ThenByDescending(record => record.Weight)
                    .Select(record => new LocalTracker(record.Target.ToString().TrimEnd('.'), record.Port, record.Priority, record.Weight)),
            ];
        }

        return [];
    }
}
