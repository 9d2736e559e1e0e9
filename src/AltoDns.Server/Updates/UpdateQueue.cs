// Updates that wait for the writer, a bounded number of them.

namespace AltoDns.Server.Updates;

/// <summary>Many threads add, one takes.</summary>
public sealed class UpdateQueue(UpdateOptionsStore options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<QueuedUpdate> _waiting = new();
    private readonly SemaphoreSlim _signal = new(0);
    private bool _isClosed;

    /// <summary>Adds an update; false where the queue is full or closed.</summary>
    internal bool TryAdd(QueuedUpdate update)
    {
        lock (_gate)
        {
            if (_isClosed || _waiting.Count >= options.Current.QueueLength)
            {
                return false;
            }

            _waiting.Enqueue(update);
        }

        Wake();
        return true;
    }

    /// <summary>Makes a waiting <see cref="Take"/> return.</summary>
    public void Wake() => _signal.Release();

    /// <summary>Waits for a wake-up, then takes what waits.</summary>
    /// <param name="group">Where the updates are put; emptied before.</param>
    /// <returns>False once the queue is closed and empty.</returns>
    internal bool Take(List<QueuedUpdate> group)
    {
        group.Clear();
        _signal.Wait();
        while (_signal.Wait(0))
        {
            // One round serves all who woke us until now.
        }

        lock (_gate)
        {
            while (group.Count < options.Current.GroupSize && _waiting.TryDequeue(out var update))
            {
                group.Add(update);
            }

            if (_waiting.Count > 0)
            {
                _signal.Release();
            }

            return !_isClosed || group.Count > 0;
        }
    }

    public void Dispose() => _signal.Dispose();

    /// <summary>Takes no more updates; those that wait are still served.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        Wake();
    }
}
