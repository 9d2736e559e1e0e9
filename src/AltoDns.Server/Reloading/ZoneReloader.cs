// Keeps what is served in step with the operator's files: loads at the start, on request, and when a file changes.

using System.Runtime.InteropServices;
using AltoDns.Protocol.Names;
using AltoDns.Server.Signing;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AltoDns.Server.Reloading;

/// <summary>
/// One load runs at a time. Requests that come meanwhile are met by one more load after it, so each request is answered
/// by a load that began later than it. A load with an error publishes nothing. Safe for any number of threads.
/// </summary>
public sealed class ZoneReloader : IAsyncDisposable
{
    private readonly ZonePublisher _publisher;
    private readonly Func<ZoneLoadResult> _load;
    private readonly ReloadingOptions _options;
    private readonly ZoneSigningStage? _signing;
    private readonly IZoneLayer? _layer;
    private readonly Func<ZoneLoadResult, ZoneLoadResult> _number;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<ZoneReloader> _logger;
    private readonly FileMonitor _monitor;
    private readonly ZoneLedger _ledger = new();
    private readonly MemoryReturn _memory;
    private readonly ReloadRequests _requests;

    // Held by whoever changes what is served; queries read on meanwhile.
    private readonly Lock _publishing = new();
    private PosixSignalRegistration? _hangup;
    private ZoneLoadResult? _loaded;
    private bool _everLoaded;
    private long _octets;
    private long _loads;
    private long _failedLoads;
    private ReloadReport? _lastReport;

    /// <param name="load">Reads what is to be served; called on a thread pool thread, never twice at once.</param>
    /// <param name="signing">Null where no zone is signed.</param>
    /// <param name="layer">What is put on the zones before they are signed; null for nothing.</param>
    /// <param name="publisher">Null where nobody is told of changes.</param>
    /// <param name="number">Gives zones that are not signed their serials; null to leave those that they have. Called as <paramref name="load"/> is.</param>
    public ZoneReloader(
        ZoneStore store,
        Func<ZoneLoadResult> load,
        ReloadingOptions options,
        TimeProvider timeProvider,
        ILogger<ZoneReloader> logger,
        ZoneSigningStage? signing = null,
        ZonePublisher? publisher = null,
        Func<ZoneLoadResult, ZoneLoadResult>? number = null,
        IZoneLayer? layer = null)
    {
        _publisher = publisher ?? new ZonePublisher(store, [], NullLogger<ZonePublisher>.Instance);
        _load = load;
        _options = options;
        _signing = signing;
        _layer = layer;
        _number = number ?? (loaded => loaded);
        _timeProvider = timeProvider;
        _logger = logger;
        _memory = new MemoryReturn(timeProvider);
        _requests = new ReloadRequests(Load, SignAgain);
        _monitor = new FileMonitor(options, reason => _ = ReloadAsync(reason), timeProvider, logger);
    }

    /// <summary>Loads that published zones.</summary>
    public long Loads => Volatile.Read(ref _loads);

    /// <summary>Loads that failed and published nothing.</summary>
    public long FailedLoads => Volatile.Read(ref _failedLoads);

    /// <summary>What the last attempt came to; null before the first has ended.</summary>
    public ReloadReport? LastReport => Volatile.Read(ref _lastReport);

    /// <summary>The load that is served, its zones not signed yet; null before the first.</summary>
    public ZoneLoadResult? Served => Volatile.Read(ref _loaded);

    /// <summary>Since when a zone is served as it is; null for one that is not served.</summary>
    public DateTimeOffset? ServedSince(DomainName origin) => _ledger.Since(origin);

    /// <summary>Loads and publishes for the first time, then stays in step. Call once.</summary>
    /// <exception cref="ZonesNotLoadedException">The files have errors; all were logged.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _requests.Start();
        if (!OperatingSystem.IsWindows())
        {
            _hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                // The signal's own effect would be to end the program.
                signal.Cancel = true;
                _ = ReloadAsync("SIGHUP was received");
            });
        }

        var result = await _requests.LoadAsync(reason: null).WaitAsync(cancellation);
        if (result.Zones is null)
        {
            throw new ZonesNotLoadedException(result.Problems);
        }
    }

    /// <summary>Asks for a load that begins from now on.</summary>
    /// <param name="reason">For the log, such as <c>SIGHUP was received</c>.</param>
    /// <returns>What it came to; cancelled where the reloader is disposed before.</returns>
    public Task<ZoneLoadResult> ReloadAsync(string reason) => _requests.LoadAsync(reason);

    /// <summary>Has the zones loaded last signed anew where keys or time require it. A failure is logged; what is served stays.</summary>
    /// <returns>Done when that is; cancelled where the reloader is disposed before.</returns>
    public Task SignAsync() => _requests.SignAsync();

    /// <summary>Changes zones that are served, at once and beside all loads.</summary>
    /// <param name="amend">From the zones served now, unsigned, to those to be served; null where none differs.</param>
    /// <param name="commit">Called before they are served; what it throws comes out of here, and nothing has changed.</param>
    /// <exception cref="ZonesNotLoadedException">The changed zones cannot be signed; nothing has changed.</exception>
    public void Amend(Func<ZoneLoadResult, ZoneLoadResult?> amend, Action commit)
    {
        lock (_publishing)
        {
            var amended = amend(_loaded ?? throw new InvalidOperationException("Nothing is served yet."));
            if (amended is null)
            {
                commit();
                return;
            }

            var result = _signing is null ? amended : _signing.Sign(amended, isAmendment: true);
            if (result.Zones is null)
            {
                throw new ZonesNotLoadedException(result.Problems);
            }

            commit();
            _loaded = amended with { Changes = ZoneLoadResult.NoChanges };
            _publisher.Publish(result.Zones, result.Changes);
            _ledger.Note(result.Zones, _timeProvider.GetUtcNow());
            _signing?.Published();
        }
    }

    /// <summary>Stops watching; a load that is running is waited for, and still published.</summary>
    public async ValueTask DisposeAsync()
    {
        _hangup?.Dispose();
        _monitor.Dispose();
        await _memory.DisposeAsync();
        await _requests.DisposeAsync();
        await _publisher.Told;
    }

    private void SignAgain()
    {
        lock (_publishing)
        {
            TrySignAgain();
        }
    }

    private void TrySignAgain()
    {
        try
        {
            if (_signing is not null && _loaded is not null && _signing.SignAgain(_loaded) is { } zones)
            {
                _publisher.Publish(zones);
                _ledger.Note(zones, _timeProvider.GetUtcNow());
                _signing.Published();
            }
        }
        catch (Exception exception)
        {
            _logger.LoadingFailed(exception);
        }
    }

    private ZoneLoadResult Load(string? reason)
    {
        if (reason is not null)
        {
            _logger.Reloading(reason);
        }

        var began = _timeProvider.GetTimestamp();
        var start = _monitor.BeginLoad();
        ZoneLoadResult result;
        try
        {
            var loaded = _number(_load());
            lock (_publishing)
            {
                result = SignAndPublish(loaded, began);
            }
        }
        catch (Exception exception)
        {
            _logger.LoadingFailed(exception);
            var problem = new Problem(
                Severity.Error,
                new SourcePosition("zones", 0, 0),
                $"Loading failed in an unexpected way: {exception.Message}",
                "Correct the files, or report this as a fault of the program.");
            result = new ZoneLoadResult(null, [problem], [.. start.Stamps.Keys]);
            Publish(result, began);
        }

        Volatile.Write(ref _lastReport, new ReloadReport(
            _timeProvider.GetUtcNow(), reason ?? "the server started", _timeProvider.GetElapsedTime(began), result.Zones is not null, result.Problems));
        if (_options.WatchFiles)
        {
            _monitor.Watch(result.Files, start);
        }

        return result;
    }

    private ZoneLoadResult SignAndPublish(ZoneLoadResult loaded, long began)
    {
        var layered = _layer is null ? loaded : _layer.Apply(loaded);
        if (_signing is null && layered.Signing.Count > 0)
        {
            throw new InvalidOperationException("Zones are to be signed, and there is nobody to sign them.");
        }

        var result = _signing is null ? layered : _signing.Sign(layered);
        Publish(result, began);
        if (result.Zones is not null)
        {
            _loaded = layered;
            _layer?.Published();
        }
        else if (loaded is { Zones: null, Kept: { } kept } && _loaded is not null)
        {
            PublishKept(_loaded with { Zones = kept });
        }

        return result;
    }

    // Zones that come from other servers go on changing while a file has errors.
    private void PublishKept(ZoneLoadResult kept)
    {
        var layered = _layer is null ? kept : _layer.Apply(kept);
        var signed = _signing is null ? layered : _signing.Sign(layered);
        if (signed.Zones is { } zones)
        {
            _loaded = layered;
            _layer?.Published();
            _publisher.Publish(zones);
            _signing?.Published();
        }
    }

    private void Publish(ZoneLoadResult result, long began)
    {
        foreach (var problem in result.Problems)
        {
            if (problem.Severity == Severity.Error)
            {
                _logger.ZoneError(problem);
            }
            else
            {
                _logger.ZoneWarning(problem);
            }
        }

        if (result.Zones is null)
        {
            _failedLoads++;
            var errors = result.Problems.Count(problem => problem.Severity == Severity.Error);
            if (_everLoaded)
            {
                _logger.OldZonesKept(errors);
            }
            else
            {
                _logger.NoZonesToServe(errors);
            }

            return;
        }

        result.Adopt?.Invoke();

        // Where most of what is served has come just now, few wait for it.
        var isServing = _everLoaded && _octets >= OctetsOf(result.Zones) / 2;
        _octets = OctetsOf(result.Zones);
        _publisher.Publish(result.Zones);
        _ledger.Note(result.Zones, _timeProvider.GetUtcNow());
        _signing?.Published();
        _loads++;
        _logger.ZonesLoaded(result.Files.Count, (long)_timeProvider.GetElapsedTime(began).TotalMilliseconds);
        _memory.GiveBack(_options.CompactionThreshold, isServing);
        _everLoaded = true;
    }

    private static long OctetsOf(ZoneSet zones) => zones.Zones.Sum(zone => zone.StoredOctets);
}
