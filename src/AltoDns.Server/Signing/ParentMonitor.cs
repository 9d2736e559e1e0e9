// Looks at what a zone's parent publishes: the DS records that decide when a key may go.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;

namespace AltoDns.Server.Signing;

/// <summary>
/// Asks every server that the policy names, or the system's resolvers where it names none. What they say is believed without
/// validation: ask over a network that you trust, or a resolver on the same machine.
/// </summary>
public sealed class ParentMonitor(TimeProvider timeProvider, string resolverFile = "/etc/resolv.conf")
{
    private const int DnsPort = 53;

    private readonly DsClient _client = new(timeProvider);

    /// <summary>Null where any of the servers gives no answer, or there is none to ask: then nothing is known.</summary>
    public async Task<ParentObservation?> ObserveAsync(DomainName zone, DnssecPolicy policy, CancellationToken cancellation)
    {
        var isParent = policy.Parents.Count > 0;
        var servers = isParent ? policy.Parents : ReadResolvers();
        var answers = await Task.WhenAll(servers.Select(server => _client.AskAsync(server, zone, isParent, cancellation)));
        if (answers.Length == 0 || answers.Contains(null))
        {
            return null;
        }

        var any = answers.SelectMany(answer => answer!.Records).Distinct().ToList();
        return new ParentObservation(
            timeProvider.GetUtcNow(),
            [.. any.Where(record => Array.TrueForAll(answers, answer => answer!.Records.Contains(record)))],
            any,
            answers.Max(answer => answer!.TimeToLive));
    }

    private List<IPEndPoint> ReadResolvers()
    {
        try
        {
            return
            [
                .. from line in File.ReadLines(resolverFile)
                   let words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                   where words is ["nameserver", _, ..] && IPAddress.TryParse(words[1], out _)
                   select new IPEndPoint(IPAddress.Parse(words[1]), DnsPort),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
