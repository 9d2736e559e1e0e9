// Keeps a folder of zone files in step with what is served, and has a command run for each zone that changed.

using System.Threading.Channels;
using AltoDns.Protocol.Names;
using AltoDns.Server.Reloading;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Exporting;

/// <summary>
/// Changes that come while a zone's file is written or its command runs are met by one more round after it, with the newest version. A zone
/// never has two rounds at once; several zones have. What fails is tried again. Safe for any number of threads.
/// </summary>
public sealed class ZoneExport : IZoneChangeObserver, IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private readonly ExportOptions _options;
    private readonly ZoneExportWriter _writer;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<ZoneExport> _logger;
    private readonly Channel<Entry> _due = Channel.CreateUnbounded<Entry>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<DomainName, Entry> _entries = [];
    private readonly Task[] _workers;
    private readonly ITimer _retry;

    public ZoneExport(ExportOptions options, TimeProvider timeProvider, ILogger<ZoneExport> logger)
    {
        _options = options;
        _writer = new ZoneExportWriter(options);
        _timeProvider = timeProvider;
        _logger = logger;
        _workers = [.. Enumerable.Range(0, options.MaxHooks).Select(_ => Task.Run(WorkAsync))];
        _retry = timeProvider.CreateTimer(_ => RetryFailed(), null, RetryAfter, RetryAfter);
    }

    public void Published(IReadOnlyList<ZoneChange> changes)
    {
        lock (_gate)
        {
            foreach (var change in changes)
            {
                if (change.After is { } zone)
                {
                    Want(zone);
                }
                else if (change.Before is { } gone && _entries.Remove(gone.Origin))
                {
                    _logger.ExportLeftBehind(gone.Origin, _writer.FileOf(gone.Origin));
                }
            }
        }
    }

    /// <summary>Ends the commands that run; files are whole at any moment.</summary>
    public async ValueTask DisposeAsync()
    {
        await _retry.DisposeAsync();
        _due.Writer.TryComplete();
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
    }

    // Within the lock.
    private void Want(ZoneSnapshot zone)
    {
        if (!_entries.TryGetValue(zone.Origin, out var entry))
        {
            _entries.Add(zone.Origin, entry = new Entry());
        }

        entry.Wanted = zone;
        if (!entry.IsBusy)
        {
            entry.IsBusy = true;
            _due.Writer.TryWrite(entry);
        }
    }

    private void RetryFailed()
    {
        lock (_gate)
        {
            foreach (var entry in _entries.Values.Where(entry => entry is { IsBusy: false, Failed: not null }))
            {
                Want(entry.Failed!);
            }
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var entry in _due.Reader.ReadAllAsync(_stopping.Token))
            {
                await WorkAsync(entry);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends; the next run writes what is different by then.
        }
    }

    private async Task WorkAsync(Entry entry)
    {
        while (true)
        {
            ZoneSnapshot zone;
            bool isRetry;
            lock (_gate)
            {
                if (entry.Wanted is null)
                {
                    entry.IsBusy = false;
                    return;
                }

                zone = entry.Wanted;
                isRetry = entry.Failed is not null;
                entry.Wanted = null;
            }

            var isDone = await ExportAsync(zone, isRetry);
            lock (_gate)
            {
                entry.Failed = isDone ? null : zone;
            }
        }
    }

    private async Task<bool> ExportAsync(ZoneSnapshot zone, bool isRetry)
    {
        var file = _writer.FileOf(zone.Origin);
        try
        {
            if (_writer.Write(zone))
            {
                _logger.ZoneExported(zone.Origin, zone.Serial, file);
            }
            else if (!isRetry && !_writer.IsPending(zone.Origin))
            {
                // A new run of this program, and nothing has changed since the last.
                return true;
            }

            if (_options.Hook is null || await RunHookAsync(_options.Hook, zone, file))
            {
                _writer.NoteApplied(zone.Origin);
                return true;
            }

            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _logger.ExportFailed(zone.Origin, file, exception.Message);
            return false;
        }
    }

    private async Task<bool> RunHookAsync(HookCommand hook, ZoneSnapshot zone, string file)
    {
        var words = hook.For(zone.Origin, zone.Serial, file, _writer.UpdateOf(zone.Origin));
        var outcome = await HookRunner.RunAsync(words, _options.HookTimeout, _timeProvider, _stopping.Token);
        switch (outcome.ExitCode)
        {
            case 0:
                _logger.HookDone(zone.Origin, (long)outcome.Took.TotalMilliseconds, outcome.Output);
                return true;
            case { } code:
                _logger.HookFailed(zone.Origin, code, outcome.Output);
                return false;
            default:
                if (!_stopping.IsCancellationRequested)
                {
                    _logger.HookEnded(zone.Origin, outcome.Took.TotalSeconds, outcome.Output);
                }

                return false;
        }
    }

    /// <summary>A zone's place in the work. Guarded by the lock.</summary>
    private sealed class Entry
    {
        /// <summary>The version that is to be exported; null where the last one has been begun with.</summary>
        public ZoneSnapshot? Wanted { get; set; }

        /// <summary>The version whose export failed; null where none did.</summary>
        public ZoneSnapshot? Failed { get; set; }

        /// <summary>Whether it is in the queue or with a worker.</summary>
        public bool IsBusy { get; set; }
    }
}
