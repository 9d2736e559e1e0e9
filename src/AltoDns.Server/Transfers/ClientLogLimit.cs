// Lets what a client does wrong be logged once a minute, however often it does it.

using System.Net;
using AltoDns.Server.Listening;

namespace AltoDns.Server.Transfers;

/// <summary>Remembers a bounded number of clients; beyond them nothing is logged until a minute has passed. Safe for any number of threads.</summary>
internal sealed class ClientLogLimit(TimeProvider timeProvider)
{
    private const int MostClients = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly HashSet<ClientNetwork> _seen = [];
    private long _began;

    /// <summary>Whether this may be logged now.</summary>
    public bool TryPass(IPAddress client)
    {
        lock (_gate)
        {
            if (_seen.Count == 0 || timeProvider.GetElapsedTime(_began) >= Interval)
            {
                _seen.Clear();
                _began = timeProvider.GetTimestamp();
            }

            return _seen.Count < MostClients && _seen.Add(ClientNetwork.Of(client));
        }
    }
}
