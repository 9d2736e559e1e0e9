// Gives memory back to the system that a load has used: serving allocates nothing, so nobody else would.

namespace AltoDns.Server.Reloading;

/// <summary>Not safe for several threads.</summary>
internal sealed class MemoryReturn : IAsyncDisposable
{
    // Long enough for a collection beside the workers to end.
    private static readonly TimeSpan CollectionInterval = TimeSpan.FromSeconds(2);

    private readonly ITimer _collection;

    public MemoryReturn(TimeProvider timeProvider) =>
        _collection = timeProvider.CreateTimer(_ => CollectBesideWorkers(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>To be called when what was served before is not referred to any more.</summary>
    /// <param name="threshold">Octets in use below which it is not worth while.</param>
    /// <param name="isServing">Whether workers answer meanwhile.</param>
    public void GiveBack(long threshold, bool isServing)
    {
        if (GC.GetTotalMemory(forceFullCollection: false) < threshold)
        {
            return;
        }

        if (isServing)
        {
            // Compacting would stop the workers for as long as it takes to copy the zones; sweeping beside them stops them for a few
            // milliseconds. What one collection has found free the next one gives back to the system.
            CollectBesideWorkers();
            _collection.Change(CollectionInterval, Timeout.InfiniteTimeSpan);
        }
        else
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    public ValueTask DisposeAsync() => _collection.DisposeAsync();

    private static void CollectBesideWorkers() => GC.Collect(2, GCCollectionMode.Forced, blocking: false, compacting: false);
}
