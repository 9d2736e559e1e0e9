// Gathers who wants the zones loaded or signed anew, and sees to all of them one after the other.

namespace AltoDns.Server.Reloading;

/// <summary>
/// Requests that come while one is seen to are met by one more after it, so each is answered by work that began later than it. Safe for any
/// number of threads.
/// </summary>
/// <param name="load">Loads for a reason, null for the first time; on a thread pool thread, never twice at once.</param>
/// <param name="sign">Signs what was loaded last; as <paramref name="load"/> is called.</param>
internal sealed class ReloadRequests(Func<string?, ZoneLoadResult> load, Action sign) : IAsyncDisposable
{
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Request? _waiting;
    private TaskCompletionSource? _signingWanted;
    private Task _loop = Task.CompletedTask;

    /// <summary>Begins to see to requests, also to those that came before. Call once.</summary>
    public void Start() => _loop = RunAsync(_stopping.Token);

    /// <summary>Asks for a load that begins from now on.</summary>
    /// <returns>What it came to; cancelled where that is after the stop.</returns>
    public Task<ZoneLoadResult> LoadAsync(string? reason)
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return Task.FromCanceled<ZoneLoadResult>(_stopping.Token);
            }

            if (_waiting is null)
            {
                _waiting = new Request(reason);
                _wake.Release();
            }

            return _waiting.Completion.Task;
        }
    }

    /// <summary>Asks for signatures that are made from now on.</summary>
    /// <returns>Done when they are; cancelled where that is after the stop.</returns>
    public Task SignAsync()
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return Task.FromCanceled(_stopping.Token);
            }

            if (_signingWanted is null)
            {
                _signingWanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _wake.Release();
            }

            return _signingWanted.Task;
        }
    }

    /// <summary>Waits for what is under way, and sees to nothing more: requests that wait are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        TakeLoad()?.Completion.TrySetCanceled();
        TakeSigning()?.TrySetCanceled();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await _wake.WaitAsync(stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (TakeLoad() is { } request)
            {
                request.Completion.SetResult(await Task.Run(() => load(request.Reason), CancellationToken.None));
            }

            if (TakeSigning() is { } signing)
            {
                await Task.Run(sign, CancellationToken.None);
                signing.SetResult();
            }
        }
    }

    private Request? TakeLoad()
    {
        lock (_gate)
        {
            var request = _waiting;
            _waiting = null;
            return request;
        }
    }

    private TaskCompletionSource? TakeSigning()
    {
        lock (_gate)
        {
            var wanted = _signingWanted;
            _signingWanted = null;
            return wanted;
        }
    }

    private sealed class Request(string? reason)
    {
        public string? Reason { get; } = reason;

        public TaskCompletionSource<ZoneLoadResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
