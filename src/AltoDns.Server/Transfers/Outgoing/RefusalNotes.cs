// Which clients were told of lately, so that each is told of once a minute.

using AltoDns.Server.Listening;

namespace AltoDns.Server.Transfers.Outgoing;

/// <summary>Safe for any number of threads.</summary>
internal sealed class RefusalNotes(TimeProvider timeProvider)
{
    // Whoever sends from more networks than this within a minute has hidden his tracks in any case.
    private const int MaxClients = 1024;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<ClientNetwork, long> _noted = [];
    private long _count;

    /// <summary>All refusals so far.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Counts a refusal; true where it is the client's first for a minute.</summary>
    public bool Note(ClientNetwork client)
    {
        Interlocked.Increment(ref _count);
        var now = timeProvider.GetTimestamp();
        lock (_gate)
        {
            if (_noted.TryGetValue(client, out var last) && timeProvider.GetElapsedTime(last, now) < Period)
            {
                return false;
            }

            if (_noted.Count >= MaxClients && !_noted.ContainsKey(client))
            {
                ForgetOld(now);
                if (_noted.Count >= MaxClients)
                {
                    return false;
                }
            }

            _noted[client] = now;
            return true;
        }
    }

    private void ForgetOld(long now)
    {
        foreach (var old in _noted.Where(entry => timeProvider.GetElapsedTime(entry.Value, now) >= Period).Select(entry => entry.Key).ToList())
        {
            _noted.Remove(old);
        }
    }
}
