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
/// never has two rounds at once; several zones have. What fails is tried again after a minute, then after twice as long each time, up to an
/// hour. Safe for any number of threads.
/// </summary>
public sealed class ZoneExport : IZoneChangeObserver, IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    private readonly ExportOptions _options;
    private readonly ZoneExportWriter _writer;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<ZoneExport> _logger;
    private readonly Channel<Entry> _due = Channel.CreateUnbounded<Entry>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<DomainName, Entry> _entries = [];
    private readonly Task[] _workers;
    private bool _isDisposed;

    public ZoneExport(ExportOptions options, TimeProvider timeProvider, ILogger<ZoneExport> logger)
    {
        _options = options;
        _writer = new ZoneExportWriter(options);
        _timeProvider = timeProvider;
        _logger = logger;
        _workers = [.. Enumerable.Range(0, options.MaxHooks).Select(_ => Task.Run(WorkAsync))];
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
                else if (change.Before is { } gone && _entries.Remove(gone.Origin, out var entry))
                {
                    entry.Retry?.Dispose();
                    _logger.ExportLeftBehind(gone.Origin, _writer.FileOf(gone.Origin));
                }
            }
        }
    }

    /// <summary>Ends the commands that run; files are whole at any moment.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var entry in _entries.Values)
            {
                entry.Retry?.Dispose();
            }
        }

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

    private void RetryFailed(Entry entry)
    {
        lock (_gate)
        {
            // A zone that went meanwhile is left behind; one that changed meanwhile is at work already.
            if (entry is { IsBusy: false, Failed: { } zone } && _entries.GetValueOrDefault(zone.Origin) == entry)
            {
                Want(zone);
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
            TimeSpan wait;
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
                wait = WaitAfter(entry.Failures + 1);
            }

            var isDone = await ExportAsync(zone, isRetry, wait);
            lock (_gate)
            {
                Note(entry, isDone ? null : zone, wait);
            }
        }
    }

    // Within the lock.
    private void Note(Entry entry, ZoneSnapshot? failed, TimeSpan wait)
    {
        entry.Retry?.Dispose();
        entry.Retry = null;
        entry.Failed = failed;
        entry.Failures = failed is null ? 0 : entry.Failures + 1;
        if (failed is not null && !_isDisposed)
        {
            entry.Retry = _timeProvider.CreateTimer(_ => RetryFailed(entry), null, wait, Timeout.InfiniteTimeSpan);
        }
    }

    private static TimeSpan WaitAfter(int failures)
    {
        var wait = FirstRetry * Math.Pow(2, Math.Min(failures, 10) - 1);
        return wait < LongestRetry ? wait : LongestRetry;
    }

    /// <param name="wait">When it is tried again if it fails, for the log.</param>
    private async Task<bool> ExportAsync(ZoneSnapshot zone, bool isRetry, TimeSpan wait)
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

            if (_options.Hook is null || await RunHookAsync(_options.Hook, zone, file, wait))
            {
                _writer.NoteApplied(zone.Origin);
                return true;
            }

            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _logger.ExportFailed(zone.Origin, file, exception.Message, (int)wait.TotalMinutes);
            return false;
        }
    }

    private async Task<bool> RunHookAsync(HookCommand hook, ZoneSnapshot zone, string file, TimeSpan wait)
    {
        var words = hook.For(zone.Origin, zone.Serial, file, _writer.UpdateOf(zone.Origin));
        var outcome = await HookRunner.RunAsync(words, _options.HookTimeout, _timeProvider, _stopping.Token);
        switch (outcome.ExitCode)
        {
            case 0:
                _logger.HookDone(zone.Origin, (long)outcome.Took.TotalMilliseconds, outcome.Output);
                return true;
            case { } code:
                _logger.HookFailed(zone.Origin, code, outcome.Output, (int)wait.TotalMinutes);
                return false;
            default:
                if (!_stopping.IsCancellationRequested)
                {
                    _logger.HookEnded(zone.Origin, outcome.Took.TotalSeconds, outcome.Output, (int)wait.TotalMinutes);
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

        /// <summary>Exports that failed one after the other.</summary>
        public int Failures { get; set; }

        /// <summary>Tries again what failed; null where nothing did.</summary>
        public ITimer? Retry { get; set; }

        /// <summary>Whether it is in the queue or with a worker.</summary>
        public bool IsBusy { get; set; }
    }
}
