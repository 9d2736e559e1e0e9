// Keeps one zone in step with its primaries, as its SOA record and their NOTIFY messages say (RFC 1034 §4.3.5, RFC 1996).

using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Zones.History;
using AltoDns.Zones.Transferred;

namespace AltoDns.Server.Transfers.Incoming;

/// <summary>
/// Waits for a time or a message, asks all primaries for their serial and takes the zone from the one with the newest; where that fails,
/// from the next. A zone that waits takes no thread.
/// </summary>
internal sealed class SecondaryKeeper(SecondaryZone zone, IncomingShared shared)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Peer? _notifier;
    private int _failures;
    private bool _wasExpired;
    private bool _isUnsaved;
    private volatile Task? _waiting;
    private volatile string? _lastFault;
    private long _nextTicks;

    public SecondaryZone Zone { get; } = zone;

    /// <summary>Why the last attempt failed; null where it did not.</summary>
    public string? LastFault => _lastFault;

    /// <summary>When a primary is asked next at the latest, UTC; the least value before the first time.</summary>
    public DateTimeOffset NextRefresh => new(Volatile.Read(ref _nextTicks), TimeSpan.Zero);

    /// <summary>Whether nothing goes on until a time or a message comes.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _waiting is { IsCompleted: false } && !_wake.Task.IsCompleted;
            }
        }
    }

    /// <summary>Has the zone looked at now.</summary>
    /// <param name="notifier">The primary that says it has a new version; null where it is not known which.</param>
    public void Wake(Peer? notifier)
    {
        lock (_gate)
        {
            _notifier = notifier;
            _wake.TrySetResult();
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            // Reading a large zone from disk takes a while.
            await Task.Yield();
            var known = shared.Zones.Find(Zone.Origin);
            _wasExpired = known is not null && IsExpired(known);
            while (!cancellation.IsCancellationRequested)
            {
                var notifier = TakeNotifier();
                await TryRefreshAsync(notifier, cancellation);
                var next = NextTime();
                Volatile.Write(ref _nextTicks, next.UtcTicks);
                await WaitAsync(next, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Whoever cancels knows.
        }
    }

    private DateTimeOffset Now => shared.TimeProvider.GetUtcNow();

    private bool IsExpired(TransferredZone known) => Now >= known.Expires;

    private Peer? TakeNotifier()
    {
        lock (_gate)
        {
            if (_wake.Task.IsCompleted)
            {
                _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            var notifier = _notifier;
            _notifier = null;
            return notifier;
        }
    }

    private async Task TryRefreshAsync(Peer? notifier, CancellationToken cancellation)
    {
        await shared.Slots.WaitAsync(cancellation);
        try
        {
            await RefreshAsync(notifier, cancellation);
            _failures = 0;
            _lastFault = null;
        }
        catch (TransferException exception)
        {
            NoteFailure(exception);
            shared.Logger.RefreshFailed(Zone.Origin, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One zone's bad luck must not be the end of its refreshing.
            NoteFailure(exception);
            shared.Logger.RefreshBroke(exception, Zone.Origin);
        }
        finally
        {
            shared.Slots.Release();
        }
    }

    private void NoteFailure(Exception exception)
    {
        _failures++;
        _lastFault = exception.Message;
        shared.Tally.Fail();
    }

    private async Task RefreshAsync(Peer? notifier, CancellationToken cancellation)
    {
        // Who says that it has a new version is believed to be able to send it; the others need not be asked.
        var isSettled = notifier is not null && await TryPrimariesAsync([notifier], isLast: false, cancellation);
        if (!isSettled)
        {
            await TryPrimariesAsync(Zone.Primaries, isLast: true, cancellation);
        }

        Save();
    }

    /// <returns>Whether the zone is now as new as the newest of these primaries has it.</returns>
    private async Task<bool> TryPrimariesAsync(IReadOnlyList<Peer> primaries, bool isLast, CancellationToken cancellation)
    {
        var known = shared.Zones.Find(Zone.Origin);
        var faults = new List<string>();
        var clients = await AskAllAsync(primaries, faults, cancellation);
        try
        {
            var unreachable = faults.Count;
            foreach (var (client, serial) in clients)
            {
                if (serial == known?.Snapshot.Serial)
                {
                    NoteCurrent(known);
                    if (faults.Count == unreachable)
                    {
                        return true;
                    }

                    // Another one has a newer version and could not send it.
                    break;
                }

                // One that lags behind knows nothing about how current the zone is, and those that follow are older still.
                if (known is not null && !IsExpired(known) && SerialNumber.Compare(serial, known.Snapshot.Serial) < 0)
                {
                    break;
                }

                if (await TryTransferAsync(client, known, faults, cancellation))
                {
                    return true;
                }
            }
        }
        finally
        {
            foreach (var (client, _) in clients)
            {
                await client.DisposeAsync();
            }
        }

        return isLast ? throw new TransferException(string.Join("; ", faults.DefaultIfEmpty("every primary has an older version"))) : false;
    }

    /// <summary>Connects to primaries and asks for their serials, all at once; those that answer, the newest first.</summary>
    private async Task<List<(PrimaryClient Client, uint Serial)>> AskAllAsync(IReadOnlyList<Peer> primaries, List<string> faults, CancellationToken cancellation)
    {
        var asked = await Task.WhenAll(primaries.Select(peer => AskAsync(peer, cancellation)));
        cancellation.ThrowIfCancellationRequested();
        faults.AddRange(asked.Select(answer => answer.Fault).OfType<string>());
        var clients = asked.Where(answer => answer.Client is not null).Select(answer => (answer.Client!, answer.Serial)).ToList();
        var newest = clients.Count == 0 ? 0 : clients.Select(answer => answer.Serial).Aggregate((left, right) => SerialNumber.Compare(right, left) > 0 ? right : left);

        // Of equals the one that is preferred stays first.
        return [.. clients.OrderBy(answer => unchecked(newest - answer.Serial))];
    }

    private async Task<(PrimaryClient? Client, uint Serial, string? Fault)> AskAsync(Peer peer, CancellationToken cancellation)
    {
        PrimaryClient? client = null;
        try
        {
            client = await ConnectAsync(peer, cancellation);
            return (client, await client.AskSerialAsync(Zone.Origin, cancellation), null);
        }
        catch (Exception exception) when (exception is TransferException or OperationCanceledException)
        {
            if (client is not null)
            {
                await client.DisposeAsync();
            }

            return (null, 0, $"{peer}: {exception.Message}");
        }
    }

    private Task<PrimaryClient> ConnectAsync(Peer peer, CancellationToken cancellation) =>
        PrimaryClient.ConnectAsync(peer, shared.Keys(), shared.Limits, shared.TimeProvider, cancellation);

    private async Task<bool> TryTransferAsync(PrimaryClient client, TransferredZone? known, List<string> faults, CancellationToken cancellation)
    {
        var began = shared.TimeProvider.GetTimestamp();
        try
        {
            var outcome = await TransferAsync(client, known, cancellation);
            if (outcome.Snapshot is null)
            {
                throw new TransferException("it has a later serial and sent no later version");
            }

            if (known is not null && !IsExpired(known) && SerialNumber.Compare(outcome.Snapshot.Serial, known.Snapshot.Serial) <= 0)
            {
                throw new TransferException($"it sent serial {outcome.Snapshot.Serial}, which is not later than {known.Snapshot.Serial}");
            }

            shared.Zones.Put(outcome.Snapshot, outcome.Changes);
            _isUnsaved = true;
            _wasExpired = false;
            shared.Tally.Count(outcome.Changes is null, outcome.Octets);
            shared.Logger.Transferred(
                Zone.Origin, outcome.Snapshot.Serial, client.Peer, HowIt(outcome.Changes), outcome.Octets, (long)shared.TimeProvider.GetElapsedTime(began).TotalMilliseconds);
            shared.OnChange();
            return true;
        }
        catch (TransferException exception)
        {
            faults.Add($"{client.Peer}: {exception.Message}");
            return false;
        }
    }

    private async Task<TransferOutcome> TransferAsync(PrimaryClient client, TransferredZone? known, CancellationToken cancellation)
    {
        if (known is not null && !IsExpired(known))
        {
            try
            {
                return await client.TransferAsync(Zone.Origin, known.Snapshot, Zone.MaxSize, cancellation);
            }
            catch (BrokenDeltaException exception)
            {
                shared.Logger.DeltaBroken(Zone.Origin, client.Peer, exception.Message);
            }
        }
        else
        {
            return await client.TransferAsync(Zone.Origin, null, Zone.MaxSize, cancellation);
        }

        // What is left of the answer may still be on its way over the other connection.
        await using var again = await ConnectAsync(client.Peer, cancellation);
        return await again.TransferAsync(Zone.Origin, null, Zone.MaxSize, cancellation);
    }

    private static string HowIt(IReadOnlyList<ZoneIncrement>? changes) =>
        changes is null ? "as a whole" : $"by {changes.Count} change{(changes.Count == 1 ? "" : "s")}";

    private void NoteCurrent(TransferredZone known)
    {
        var wasExpired = IsExpired(known);
        shared.Zones.Refresh(Zone.Origin);
        _isUnsaved = true;
        if (wasExpired)
        {
            _wasExpired = false;
            shared.OnChange();
        }
    }

    // The zone is served from memory whether or not it can be written.
    private void Save()
    {
        if (!_isUnsaved)
        {
            return;
        }

        try
        {
            shared.Zones.Save(Zone.Origin);
            _isUnsaved = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            shared.Logger.NotSaved(Zone.Origin, exception.Message);
        }
    }

    private DateTimeOffset NextTime()
    {
        var known = shared.Zones.Find(Zone.Origin);
        var next = Now + RefreshTimes.WaitAfter(_failures, known?.Soa, _isUnsaved) * shared.Jitter();
        return known is not null && !_wasExpired && known.Expires < next ? known.Expires : next;
    }

    private async Task WaitAsync(DateTimeOffset until, CancellationToken cancellation)
    {
        var wait = until - Now;
        if (wait > TimeSpan.Zero)
        {
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _waiting = Task.Delay(wait, shared.TimeProvider, woken.Token);
            await Task.WhenAny(_wake.Task, _waiting);
            _waiting = null;
            await woken.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }

        if (shared.Zones.Find(Zone.Origin) is { } known && IsExpired(known) && !_wasExpired)
        {
            _wasExpired = true;
            shared.Logger.Expired(Zone.Origin, known.Refreshed);
            shared.OnChange();
        }
    }
}
