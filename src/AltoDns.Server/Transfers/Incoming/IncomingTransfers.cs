// Looks after all zones that come from other servers: starts and stops their keepers, and takes NOTIFY messages.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Transferred;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Transfers.Incoming;

/// <summary>Safe for any number of threads.</summary>
public sealed class IncomingTransfers : IAsyncDisposable
{
    // What came while zones were loaded is loaded next, but loading is not all that is done.
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(20);

    private readonly TransferOptionsStore _options;
    private readonly IncomingShared _shared;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<DomainName, RunningKeeper> _keepers = [];
    private Func<string, Task>? _reload;
    private Task _publishing = Task.CompletedTask;

    /// <param name="zones">Where zones are put when they come.</param>
    public IncomingTransfers(TransferOptionsStore options, TransferredZones zones, TimeProvider timeProvider, ILogger<IncomingTransfers> logger)
        : this(options, zones, timeProvider, logger, new TransferLimits(), new Random())
    {
    }

    internal IncomingTransfers(
        TransferOptionsStore options, TransferredZones zones, TimeProvider timeProvider, ILogger<IncomingTransfers> logger, TransferLimits limits, Random random)
    {
        _options = options;
        zones.OnDamage = damage =>
        {
            if (damage.PutAside is { } aside)
            {
                logger.FileDamaged(damage.Path, damage.Origin, damage.Fault, aside);
            }
            else
            {
                logger.FileCutShort(damage.Path, damage.Origin, damage.Fault);
            }
        };
        _shared = new IncomingShared(
            zones, () => options.Current.Keys, limits, new SemaphoreSlim(options.Current.MaxIncoming), timeProvider, Jitter, NoteChange, Tally, logger);

        double Jitter()
        {
            lock (random)
            {
                return 1 - random.NextDouble() / 10;
            }
        }
    }

    /// <summary>What came, and what did not.</summary>
    public IncomingTally Tally { get; } = new();

    internal TransferOptions Options => _options.Current;

    internal ILogger Logger => _shared.Logger;

    /// <summary>Whether any zone is being looked at.</summary>
    internal bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return _keepers.Values.Any(keeper => !keeper.Keeper.IsIdle);
            }
        }
    }

    /// <summary>Begins to transfer.</summary>
    /// <param name="reload">Has what came served; one call at a time.</param>
    public void Start(Func<string, Task> reload)
    {
        lock (_gate)
        {
            _reload = reload;
            _publishing = PublishAsync(_stopping.Token);
            foreach (var keeper in _keepers.Values)
            {
                keeper.Start();
            }
        }
    }

    /// <summary>Sets the zones to look after. Those that are as before go on; of those that are gone the files stay.</summary>
    /// <param name="bases">Zones that policies build on, beside the secondaries of the options.</param>
    public void SetBases(IEnumerable<SecondaryZone> bases)
    {
        var wanted = _options.Current.Secondaries.Concat(bases).DistinctBy(zone => zone.Origin).ToDictionary(zone => zone.Origin);
        lock (_gate)
        {
            foreach (var (origin, keeper) in _keepers.ToList())
            {
                if (!wanted.TryGetValue(origin, out var zone) || !IsSame(zone, keeper.Keeper.Zone))
                {
                    keeper.Stop();
                    _keepers.Remove(origin);
                }
            }

            foreach (var (origin, zone) in wanted)
            {
                if (!_keepers.ContainsKey(origin))
                {
                    var keeper = new RunningKeeper(new SecondaryKeeper(zone, _shared), _stopping.Token);
                    _keepers.Add(origin, keeper);
                    if (_reload is not null)
                    {
                        keeper.Start();
                    }
                }
            }

            _shared.Zones.Retain(wanted.Keys.ToHashSet());
        }
    }

    /// <summary>The zones that are looked after.</summary>
    internal IReadOnlyList<DomainName> Zones
    {
        get
        {
            lock (_gate)
            {
                return [.. _keepers.Keys];
            }
        }
    }

    /// <summary>The zone as it is looked after; null for one that is not.</summary>
    internal SecondaryZone? Find(DomainName origin) => FindKeeper(origin)?.Zone;

    /// <summary>Who looks after a zone; null for one that nobody does.</summary>
    internal SecondaryKeeper? FindKeeper(DomainName origin)
    {
        lock (_gate)
        {
            return _keepers.GetValueOrDefault(origin)?.Keeper;
        }
    }

    /// <summary>What came last; null where nothing has.</summary>
    internal TransferredZone? FindZone(DomainName origin) => _shared.Zones.Find(origin);

    /// <summary>Has a zone looked at now, where it is looked after.</summary>
    public void Wake(DomainName origin)
    {
        lock (_gate)
        {
            _keepers.GetValueOrDefault(origin)?.Keeper.Wake(notifier: null);
        }
    }

    /// <summary>Takes the news of a new version; whoever calls has seen that the client may bring it.</summary>
    /// <param name="serial">The serial that the client named; null for none.</param>
    internal void Notify(DomainName origin, IPAddress client, uint? serial)
    {
        RunningKeeper? keeper;
        lock (_gate)
        {
            keeper = _keepers.GetValueOrDefault(origin);
        }

        // RFC 1996 §3.7: the serial is a hint, and this one says that there is nothing to do.
        if (keeper is not null && (serial is null || _shared.Zones.FindCurrent(origin, out _)?.Snapshot.Serial != serial))
        {
            _shared.Logger.Notified(client, origin);
            keeper.Keeper.Wake(keeper.Keeper.Zone.Primaries.FirstOrDefault(peer => NotifyResponder.IsFrom(peer, client)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task[] running;
        lock (_gate)
        {
            running = [_publishing, .. _keepers.Values.Select(keeper => keeper.Completion)];
        }

        await Task.WhenAll(running);
    }

    private static bool IsSame(SecondaryZone left, SecondaryZone right) =>
        left.MaxSize == right.MaxSize
        && left.Primaries.SequenceEqual(right.Primaries)
        && left.AllowNotify.Rules.SequenceEqual(right.AllowNotify.Rules);

    private void NoteChange()
    {
        lock (_gate)
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }

    // However many zones come at once, half of the time is left for them.
    private async Task PublishAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await _changed.WaitAsync(stopping);
                var began = TimeProvider.System.GetTimestamp();
                await _reload!("zones were transferred");
                var pause = TimeProvider.System.GetElapsedTime(began);
                await Task.Delay(pause > LeastPause ? pause : LeastPause, stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // The program stops.
        }
    }

    /// <summary>A keeper with what stops it.</summary>
    private sealed class RunningKeeper(SecondaryKeeper keeper, CancellationToken stopping)
    {
        private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);

        public SecondaryKeeper Keeper { get; } = keeper;

        public Task Completion { get; private set; } = Task.CompletedTask;

        public void Start() => Completion = Task.Run(() => Keeper.RunAsync(_cancellation.Token));

        public void Stop() => _cancellation.Cancel();
    }
}
