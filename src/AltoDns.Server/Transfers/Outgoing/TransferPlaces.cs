// Holds the transfers that run at a time to their number.

namespace AltoDns.Server.Transfers.Outgoing;

/// <summary>First come, first served. Safe for any number of threads.</summary>
internal sealed class TransferPlaces(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);

    public TransferPlace Take()
    {
        var cancellation = new CancellationTokenSource();
        return new TransferPlace(_free, _free.WaitAsync(cancellation.Token), cancellation);
    }

    public void Dispose() => _free.Dispose();
}

/// <summary>One of the places, or the wait for it; given back when disposed.</summary>
internal sealed class TransferPlace(SemaphoreSlim free, Task ready, CancellationTokenSource cancellation) : IDisposable
{
    private int _isDisposed;

    /// <summary>Done when the place is there.</summary>
    public Task Ready => ready;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        // Whether the wait ended by the place or by the cancellation is known once it has ended.
        _ = ready.ContinueWith(GiveBack, free, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        cancellation.Cancel();
        cancellation.Dispose();
    }

    private static void GiveBack(Task wait, object? free)
    {
        if (wait.IsCompletedSuccessfully)
        {
            ((SemaphoreSlim)free!).Release();
        }
    }
}
