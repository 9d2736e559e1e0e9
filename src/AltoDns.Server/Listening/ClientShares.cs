// Holds the clients of connections that others read from to their number, as those of TCP and TLS are held to theirs.

using System.Net;
using System.Runtime.InteropServices;

namespace AltoDns.Server.Listening;

/// <summary>Safe for any number of threads.</summary>
/// <param name="options">Say what one client is, and how many connections it may have.</param>
public sealed class ClientShares(TcpOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ClientNetwork, int> _open = [];
    private long _refused;

    /// <summary>Connections over a client's share.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Counts a connection; false where its client has as many as it may. What was counted is to be returned by <see cref="Return"/>, once.</summary>
    public bool TryTake(IPAddress client)
    {
        lock (_gate)
        {
            ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, NetworkOf(client), out _);
            if (open >= options.MaxConnectionsPerClient)
            {
                _refused++;
                return false;
            }

            open++;
            return true;
        }
    }

    public void Return(IPAddress client)
    {
        lock (_gate)
        {
            var network = NetworkOf(client);
            if (--CollectionsMarshal.GetValueRefOrNullRef(_open, network) == 0)
            {
                _open.Remove(network);
            }
        }
    }

    private ClientNetwork NetworkOf(IPAddress client) => ClientNetwork.Of(client).Within(options.ClientIPv4Length, options.ClientIPv6Length);
}
