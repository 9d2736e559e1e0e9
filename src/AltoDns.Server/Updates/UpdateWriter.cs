// The one thread that changes zones by updates: takes what waits, applies it as a group, answers when it is on the disk.

using AltoDns.Protocol.Messages;
using AltoDns.Server.Reloading;
using AltoDns.Zones.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Updates;

/// <summary>While one group is being written the next gathers, so that the more updates come, the more share one write to the disk.</summary>
public sealed class UpdateWriter : IHostedService, IDisposable
{
    // How often a file that could not be opened is tried.
    private static readonly TimeSpan OpenInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromSeconds(1);

    // What is told of changes, such as the history, may lag behind by so many groups.
    private const int MostUntold = 16;

    private readonly UpdateQueue _queue;
    private readonly DynamicLayer _layer;
    private readonly ZoneReloader _reloader;
    private readonly ZonePublisher _publisher;
    private readonly UpdateOptionsStore _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<UpdateWriter> _logger;
    private readonly RefusalLog _refusals;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<Task> _untold = new();
    private readonly ITimer _timer;
    private ReplayGuard? _guard;
    private bool _fails;
    private long _lastTry;
    private long _applied;
    private long _notApplied;
    private long _failed;
    private long _expired;
    private long _groups;
    private long _lastCommit;

    public UpdateWriter(
        UpdateQueue queue,
        DynamicLayer layer,
        ZoneReloader reloader,
        ZonePublisher publisher,
        UpdateOptionsStore options,
        TimeProvider timeProvider,
        ILogger<UpdateWriter> logger)
    {
        (_queue, _layer, _reloader, _publisher, _options, _timeProvider, _logger) = (queue, layer, reloader, publisher, options, timeProvider, logger);
        _refusals = new RefusalLog(logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "Updates" };
        _timer = timeProvider.CreateTimer(_ => _queue.Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Updates that were carried out since the start.</summary>
    public long Applied => Volatile.Read(ref _applied);

    /// <summary>Updates that were refused, or whose prerequisites did not hold.</summary>
    public long NotApplied => Volatile.Read(ref _notApplied);

    /// <summary>Updates that were answered SERVFAIL.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Records that were removed because their lease ran out.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Commits.</summary>
    public long Groups => Volatile.Read(ref _groups);

    /// <summary>When the last group was on the disk, in seconds since 1970-01-01T00:00:00Z; 0 for never.</summary>
    public long LastCommit => Volatile.Read(ref _lastCommit);

    private long UnixTime => _timeProvider.GetUtcNow().ToUnixTimeSeconds();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread.Start();
        _timer.Change(ExpiryInterval, ExpiryInterval);
        return Task.CompletedTask;
    }

    /// <summary>Takes no more updates, and returns when those that wait are answered.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _timer.DisposeAsync();
        _queue.Close();
        await _ended.Task.WaitAsync(cancellationToken);
    }

    public void Dispose() => _timer.Dispose();

    private void Run()
    {
        var group = new List<QueuedUpdate>();
        while (_queue.Take(group))
        {
            try
            {
                Serve(group);
            }
            catch (Exception exception)
            {
                _logger.ApplyingFailed(exception);
            }
        }

        _ended.SetResult();
    }

    private void Serve(List<QueuedUpdate> group)
    {
        if (group.Count > 0 || IsAnyExpired())
        {
            if (!TryApply(group) && group.Count > 1 && !_fails)
            {
                // One of them may be to blame, and the others shall not suffer.
                group.ForEach(update => TryApply([update]));
            }
        }

        var now = UnixTime;
        foreach (var update in group)
        {
            if (update.IsFinal)
            {
                _guard?.Remember(update.Request, update.Code, now);
            }

            Count(update.Code);

            update.Answer(now);
        }
    }

    private void Count(ResponseCode code)
    {
        ref var counter = ref code == ResponseCode.NoError ? ref _applied : ref code == ResponseCode.ServerFailure ? ref _failed : ref _notApplied;
        Volatile.Write(ref counter, counter + 1);
    }

    private bool IsAnyExpired()
    {
        try
        {
            return _layer.Store?.NextExpiry() <= UnixTime;
        }
        catch (StateDatabaseException exception)
        {
            Report(exception.Message);
            return false;
        }
    }

    private bool TryApply(List<QueuedUpdate> group)
    {
        if (_layer.Store is not { } store)
        {
            TryOpen();
            return false;
        }

        try
        {
            WaitForObservers();
            _guard ??= new ReplayGuard(store.ReadKeyTimes());
            var work = new UpdateGroup(_layer, store, _options.Current, _guard, _refusals, UnixTime);
            _reloader.Amend(current => work.Run(current, group), work.Commit);
            Succeeded(work.Expired);
            return true;
        }
        catch (Exception exception)
        {
            store.RollBack();
            foreach (var update in group)
            {
                (update.Code, update.Granted, update.IsFinal) = (ResponseCode.ServerFailure, null, false);
            }

            Report(exception);
            return false;
        }
    }

    private void Succeeded(int expired)
    {
        Volatile.Write(ref _groups, _groups + 1);
        Volatile.Write(ref _expired, _expired + expired);
        Volatile.Write(ref _lastCommit, UnixTime);
        _untold.Enqueue(_publisher.Told);
        if (expired > 0)
        {
            _logger.RecordsExpired(expired);
        }

        if (_fails)
        {
            _fails = false;
            _logger.UpdatesKeptAgain();
        }
    }

    private void WaitForObservers()
    {
        while (_untold.TryPeek(out var oldest) && (oldest.IsCompleted || _untold.Count > MostUntold))
        {
            oldest.GetAwaiter().GetResult();
            _ = _untold.Dequeue();
        }
    }

    // The zones were loaded without the file's records, so they are loaded again.
    private void TryOpen()
    {
        var now = _timeProvider.GetTimestamp();
        if (_lastTry != 0 && _timeProvider.GetElapsedTime(_lastTry, now) < OpenInterval)
        {
            return;
        }

        _lastTry = now;
        _fails = true;
        _ = _reloader.ReloadAsync("the file of dynamic records is to be tried again");
    }

    private void Report(Exception exception)
    {
        switch (exception)
        {
            case StateDatabaseException:
                Report(exception.Message);
                break;
            case ZonesNotLoadedException unpublished:
                _logger.UpdatesNotPublished(unpublished.Problems.Count > 0 ? unpublished.Problems[0].ToString() : unpublished.Message);
                break;
            default:
                _logger.ApplyingFailed(exception);
                break;
        }
    }

    private void Report(string reason)
    {
        if (!_fails)
        {
            _fails = true;
            _logger.UpdatesNotKept(reason);
        }
    }
}
