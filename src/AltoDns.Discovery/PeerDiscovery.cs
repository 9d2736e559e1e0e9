// What discovery found for one peer of a swarm, and how peers group by the server that guides them.

namespace AltoDns.Discovery;

/// <param name="Peer">As given.</param>
/// <param name="Result">What was found.</param>
public readonly record struct PeerDiscovery(Peer Peer, DiscoveryResult Result);

/// <summary>Peers whose guidance comes from the same servers, so that one ALTO request can be about many of them.</summary>
/// <param name="Servers">Best first.</param>
/// <param name="Peers">In the order in which they were found.</param>
public sealed record ServerGroup(IReadOnlyList<AltoServer> Servers, IReadOnlyList<Peer> Peers);

public static class PeerGrouping
{
    /// <summary>Groups peers by their servers, those without one left out (RFC 8686 §4.4: what is compared comes from one server).</summary>
    /// <returns>The largest group first.</returns>
    public static async Task<IReadOnlyList<ServerGroup>> GroupByServerAsync(
        this IAsyncEnumerable<PeerDiscovery> discoveries, CancellationToken cancellationToken = default)
    {
        var groups = new Dictionary<string, (IReadOnlyList<AltoServer> Servers, List<Peer> Peers)>(StringComparer.Ordinal);
        await foreach (var discovery in discoveries.WithCancellation(cancellationToken))
        {
            if (discovery.Result.Status != DiscoveryStatus.Found)
            {
                continue;
            }

            var servers = discovery.Result.Servers;
            var key = string.Join(' ', servers.Select(server => server.Uri.AbsoluteUri));
            if (!groups.TryGetValue(key, out var group))
            {
                groups.Add(key, group = (servers, []));
            }

            group.Peers.Add(discovery.Peer);
        }

        return [.. groups.Values.Select(group => new ServerGroup(group.Servers, group.Peers)).OrderByDescending(group => group.Peers.Count)];
    }
}
