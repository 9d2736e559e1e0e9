// All open TCP connections: holds them to their number and their time limits.

using System.Net;
using System.Runtime.InteropServices;
using AltoDns.Server.Access;
using AltoDns.Server.Observing;

namespace AltoDns.Server.Listening;

/// <summary>Safe for any number of threads.</summary>
internal sealed class TcpConnectionTable : IDisposable
{
    private static readonly TimeSpan LongestSweepInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan RunOutInterval = TimeSpan.FromMilliseconds(20);

    private readonly TcpOptions _options;
    private readonly AddressRanges _proxies;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _sweepInterval;
    private readonly ITimer _sweepTimer;
    private readonly Lock _gate = new();
    private readonly HashSet<TcpConnection> _open = [];

    // Shed, so no longer counted, but with a last answer perhaps still on its way.
    private readonly HashSet<TcpConnection> _leaving = [];
    private readonly Dictionary<ClientNetwork, int> _openPerClient = [];
    private TaskCompletionSource? _drained;
    private volatile bool _runningOut;
    private bool _sweeping;

    /// <param name="proxies">Whose connections are for others.</param>
    public TcpConnectionTable(TcpOptions options, AddressRanges proxies, TimeProvider timeProvider)
    {
        _options = options;
        _proxies = proxies;
        _timeProvider = timeProvider;
        var shortest = new[] { options.BusyIdleTimeout, options.IdleTimeout, options.MessageTimeout, options.WriteTimeout }.Min();
        _sweepInterval = TimeSpan.FromTicks(Math.Clamp(shortest.Ticks / 4, TimeSpan.TicksPerMillisecond, LongestSweepInterval.Ticks));
        _sweepTimer = timeProvider.CreateTimer(_ => Sweep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TcpTally Tally { get; } = new();

    /// <summary>What was answered over TCP without TLS.</summary>
    public SpreadTally PlainAnswers { get; } = new();

    /// <summary>What was answered over TLS.</summary>
    public SpreadTally TlsAnswers { get; } = new();

    public TcpCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return Tally.Snapshot(_open.Count);
            }
        }
    }

    /// <summary>What a connection may idle, by how many are open.</summary>
    public TimeSpan CurrentIdleTimeout
    {
        get
        {
            if (_runningOut)
            {
                return _options.BusyIdleTimeout;
            }

            // Read without the lock: one more or less makes no difference.
            var half = _options.MaxConnections / 2;
            var overHalf = Math.Clamp(_open.Count - half, 0, _options.MaxConnections - half);
            return overHalf == 0
                ? _options.IdleTimeout
                : _options.IdleTimeout - ((_options.IdleTimeout - _options.BusyIdleTimeout) * ((double)overHalf / (_options.MaxConnections - half)));
        }
    }

    /// <summary>Whom a connection from an address is counted for; null for that of a proxy, which is counted for nobody.</summary>
    public ClientNetwork? ClientOf(IPAddress address) => _proxies.Contains(address.GetAddressBytes())
        ? null
        : ClientNetwork.Of(address).Within(_options.ClientIPv4Length, _options.ClientIPv6Length);

    /// <summary>Counts a proxy's connection for the client that it is for. False where that one has too many.</summary>
    public bool TryIdentify(TcpConnection connection, IPAddress client)
    {
        lock (_gate)
        {
            // One that was shed meanwhile is counted no more.
            if (!_open.Contains(connection) || ClientOf(client) is not { } network)
            {
                return true;
            }

            if (!TryCountLocked(network))
            {
                return false;
            }

            connection.Client = network;
            return true;
        }
    }

    /// <summary>Takes a connection on, if need be in place of the idlest. False where its client has too many, or all are to end.</summary>
    public bool TryAdd(TcpConnection connection)
    {
        lock (_gate)
        {
            if (_drained is not null)
            {
                Interlocked.Increment(ref Tally.Refused);
                return false;
            }

            if (connection.Client is { } client && !TryCountLocked(client))
            {
                return false;
            }

            if (_open.Count >= _options.MaxConnections)
            {
                ShedIdlestLocked();
            }

            _open.Add(connection);
            if (!_sweeping)
            {
                _sweeping = true;
                _sweepTimer.Change(_sweepInterval, _sweepInterval);
            }

            Interlocked.Increment(ref Tally.Accepted);
            return true;
        }
    }

    /// <summary>Forgets a connection that has ended; one already forgotten is left alone.</summary>
    public void Remove(TcpConnection connection)
    {
        lock (_gate)
        {
            _leaving.Remove(connection);
            RemoveLocked(connection);
        }
    }

    /// <summary>Ends the connection whose client has been quiet for longest, to free its descriptor.</summary>
    public void ShedIdlest()
    {
        lock (_gate)
        {
            ShedIdlestLocked();
        }
    }

    /// <summary>Takes no more connections and lets those that are open end; the task ends with the last of them.</summary>
    public Task FinishAsync()
    {
        TcpConnection[] connections;
        Task drained;
        lock (_gate)
        {
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
            connections = [.. _open, .. _leaving];
            if (connections.Length == 0)
            {
                _drained.TrySetResult();
            }
        }

        foreach (var connection in connections)
        {
            connection.Finish();
        }

        return drained;
    }

    /// <summary>Has connections end as soon as they are idle for <see cref="TcpOptions.BusyIdleTimeout"/>; the task ends with the last of them.</summary>
    public async Task RunOutAsync(CancellationToken cancellation)
    {
        _runningOut = true;
        while (Counters.Open > 0)
        {
            await Task.Delay(RunOutInterval, _timeProvider, cancellation);
        }
    }

    /// <summary>Breaks off all connections.</summary>
    /// <returns>How many there were.</returns>
    public int AbortAll()
    {
        TcpConnection[] connections;
        lock (_gate)
        {
            connections = [.. _open, .. _leaving];
        }

        foreach (var connection in connections)
        {
            connection.Abort();
        }

        return connections.Length;
    }

    public void Dispose() => _sweepTimer.Dispose();

    private void ShedIdlestLocked()
    {
        if (_open.MinBy(connection => connection.Since) is { } idlest)
        {
            _leaving.Add(idlest);
            RemoveLocked(idlest);
            if (idlest.Phase == TcpPhase.Idle ? idlest.Finish() : idlest.Abort())
            {
                Interlocked.Increment(ref Tally.Shed);
            }
        }
    }

    private bool TryCountLocked(ClientNetwork client)
    {
        ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_openPerClient, client, out _);
        if (open >= _options.MaxConnectionsPerClient)
        {
            Interlocked.Increment(ref Tally.Refused);
            return false;
        }

        open++;
        return true;
    }

    private void RemoveLocked(TcpConnection connection)
    {
        if (_open.Remove(connection)
            && connection.Client is { } client
            && --CollectionsMarshal.GetValueRefOrNullRef(_openPerClient, client) == 0)
        {
            _openPerClient.Remove(client);
        }

        if (_open.Count == 0 && _leaving.Count == 0)
        {
            _drained?.TrySetResult();
        }
    }

    private void Sweep()
    {
        TcpConnection[] connections;
        lock (_gate)
        {
            connections = [.. _open, .. _leaving];
            if (connections.Length == 0)
            {
                // A timer that finds nothing still wakes a thread of the pool, which then spins for a while.
                _sweeping = false;
                _sweepTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        var idleTimeout = CurrentIdleTimeout;
        foreach (var connection in connections)
        {
            var waited = _timeProvider.GetElapsedTime(connection.Since);
            switch (connection.Phase)
            {
                case TcpPhase.Idle when waited >= idleTimeout && connection.Finish():
                    Interlocked.Increment(ref Tally.ClosedIdle);
                    break;
                case TcpPhase.Reading when waited >= _options.MessageTimeout && connection.Abort():
                    Interlocked.Increment(ref Tally.ClosedUnfinished);
                    break;
                case TcpPhase.Writing when waited >= _options.WriteTimeout && connection.Abort():
                    Interlocked.Increment(ref Tally.ClosedSlow);
                    break;
            }
        }
    }
}
