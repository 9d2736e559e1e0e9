// Notices that a set of files has changed and has settled: by the system's reports, and by comparing now and then.

using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Reloading;

/// <summary>
/// A report from the system only makes the next comparison come sooner; that stamps differ is the one sign of a change.
/// So a lost report costs time but no change, and replacing a file by renaming another one over it is like any change.
/// </summary>
internal sealed class FileMonitor : IDisposable
{
    // A file that is written without end is read in the end, so that it does not hold up the others.
    private const int MaxUnsettledComparisons = 50;

    // Watches are scarce (inotify's default is 128 instances for a user).
    private const int MaxWatchedFolders = 32;

    private readonly ReloadingOptions _options;
    private readonly Action<string> _changed;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileSystemWatcher> _watchers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unwatchable = new(StringComparer.Ordinal);
    private Dictionary<string, FileStamp> _loaded = new(StringComparer.Ordinal);
    private Dictionary<string, FileStamp>? _candidate;
    private int _unsettledComparisons;
    private bool _settling;
    private bool _disposed;

    /// <param name="changed">Called with a reason, such as <c>isp1.yaml has changed</c>, from a timer's thread. The monitor then rests until <see cref="Watch"/>.</param>
    public FileMonitor(ReloadingOptions options, Action<string> changed, TimeProvider timeProvider, ILogger logger)
    {
        _options = options;
        _changed = changed;
        _timeProvider = timeProvider;
        _logger = logger;
        _timer = timeProvider.CreateTimer(_ => Compare(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The stamps of the files known so far; to be taken before they are read, and passed to <see cref="Watch"/>.</summary>
    public LoadStart BeginLoad()
    {
        lock (_gate)
        {
            return new LoadStart(_timeProvider.GetUtcNow().UtcDateTime, Stamps(_loaded.Keys));
        }
    }

    /// <summary>Watches these files from now on. One that changed while it was read counts as changed.</summary>
    public void Watch(IReadOnlyList<string> files, LoadStart start)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            var now = Stamps(files.Select(Path.GetFullPath));
            _loaded = now.ToDictionary(entry => entry.Key, entry => StampAsRead(entry.Key, entry.Value, start), StringComparer.Ordinal);
            WatchFolders();
            StartOver();
            if (FirstDifference(now, _loaded) is not null)
            {
                Settle();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer.Dispose();
            foreach (var watcher in _watchers.Values)
            {
                watcher.Dispose();
            }
        }
    }

    private static Dictionary<string, FileStamp> Stamps(IEnumerable<string> paths) =>
        paths.Distinct(StringComparer.Ordinal).ToDictionary(path => path, FileStamp.Of, StringComparer.Ordinal);

    private static string? FirstDifference(Dictionary<string, FileStamp> left, Dictionary<string, FileStamp> right) =>
        left.FirstOrDefault(entry => right[entry.Key] != entry.Value).Key;

    private static FileStamp StampAsRead(string path, FileStamp now, LoadStart start)
    {
        if (start.Stamps.TryGetValue(path, out var before))
        {
            return before;
        }

        // Read for the first time and written since: which content was read cannot be told, so it is read again.
        return now.ModifiedUtc >= start.TimeUtc ? new FileStamp(DateTime.MinValue, -1) : now;
    }

    private void StartOver()
    {
        _candidate = null;
        _unsettledComparisons = 0;
        _settling = false;
        _timer.Change(_options.CheckInterval, Timeout.InfiniteTimeSpan);
    }

    private void Settle()
    {
        _settling = true;
        _timer.Change(_options.SettleTime, Timeout.InfiniteTimeSpan);
    }

    private void WatchFolders()
    {
        var folders = _loaded.Keys
            .Select(path => Directory.Exists(path) ? path : Path.GetDirectoryName(path)!)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var (folder, watcher) in _watchers.Where(entry => !folders.Contains(entry.Key)).ToList())
        {
            watcher.Dispose();
            _watchers.Remove(folder);
        }

        foreach (var folder in folders.Where(folder => !_watchers.ContainsKey(folder)).Take(MaxWatchedFolders - _watchers.Count))
        {
            try
            {
                _watchers.Add(folder, NewWatcher(folder));
                _unwatchable.Remove(folder);
            }
            catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
            {
                if (_unwatchable.Add(folder))
                {
                    _logger.CannotWatch(folder, exception.Message, _options.CheckInterval.TotalSeconds);
                }
            }
        }
    }

    private FileSystemWatcher NewWatcher(string folder)
    {
        var watcher = new FileSystemWatcher(folder)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        try
        {
            watcher.Changed += (_, change) => Reported(change.FullPath);
            watcher.Created += (_, change) => Reported(change.FullPath);
            watcher.Deleted += (_, change) => Reported(change.FullPath);
            watcher.Renamed += (_, change) =>
            {
                Reported(change.OldFullPath);
                Reported(change.FullPath);
            };
            watcher.Error += (_, _) => Reported(folder);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }

    private void Reported(string path)
    {
        lock (_gate)
        {
            // A folder's own name stands for lost reports about its entries.
            var concerns = _loaded.ContainsKey(path) || _loaded.ContainsKey(Path.GetDirectoryName(path) ?? path) || _watchers.ContainsKey(path);
            if (concerns && !_settling && !_disposed)
            {
                Settle();
            }
        }
    }

    private void Compare()
    {
        string changed;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            var now = Stamps(_loaded.Keys);
            if (FirstDifference(now, _loaded) is not { } different)
            {
                StartOver();
                return;
            }

            var settled = _candidate is not null && FirstDifference(now, _candidate) is null;
            if (!settled && ++_unsettledComparisons < MaxUnsettledComparisons)
            {
                _candidate = now;
                Settle();
                return;
            }

            changed = different;
        }

        _changed($"{changed} has changed");
    }
}

/// <summary>When a load began, and what the files known then were like.</summary>
internal sealed record LoadStart(DateTime TimeUtc, IReadOnlyDictionary<string, FileStamp> Stamps);
