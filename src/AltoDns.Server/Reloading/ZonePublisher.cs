// The one way by which zones come to be served, and who is told of it.

using AltoDns.Protocol.Names;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Reloading;

/// <summary>Is told of each zone that was published, in the order in which that happened, one call at a time.</summary>
public interface IZoneChangeObserver
{
    /// <summary>The zones are served already. Called from a thread pool thread; what it takes its time for delays no answers, only the next call.</summary>
    /// <param name="changes">Zones that differ from those served before as objects; at least one.</param>
    void Published(IReadOnlyList<ZoneChange> changes);
}

/// <summary>Safe for any number of threads.</summary>
public sealed class ZonePublisher(ZoneStore store, IEnumerable<IZoneChangeObserver> observers, ILogger<ZonePublisher> logger)
{
    private readonly IZoneChangeObserver[] _observers = [.. observers];
    private readonly Lock _gate = new();
    private Task _told = Task.CompletedTask;

    /// <summary>Done when observers have been told of all that was published so far.</summary>
    public Task Told
    {
        get
        {
            lock (_gate)
            {
                return _told;
            }
        }
    }

    /// <summary>Serves these zones in place of all others from now on.</summary>
    /// <param name="known">What is known of how zones differ from those served before; null for nothing.</param>
    public void Publish(ZoneSet zones, IReadOnlyDictionary<DomainName, KnownChange>? known = null)
    {
        lock (_gate)
        {
            var changes = Compare(store.Current, zones, known ?? ZoneLoadResult.NoChanges);
            store.Publish(zones);
            if (changes.Count > 0 && _observers.Length > 0)
            {
                _told = _told.ContinueWith(_ => Tell(changes), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private static List<ZoneChange> Compare(ZoneSet before, ZoneSet after, IReadOnlyDictionary<DomainName, KnownChange> known)
    {
        var changes = new List<ZoneChange>();
        var (left, right) = (0, 0);
        while (left < before.Zones.Count || right < after.Zones.Count)
        {
            var order = left == before.Zones.Count ? 1
                : right == after.Zones.Count ? -1
                : before.Zones[left].Origin.CompareTo(after.Zones[right].Origin);
            var change = new ZoneChange(order <= 0 ? before.Zones[left++] : null, order >= 0 ? after.Zones[right++] : null);
            if (!ReferenceEquals(change.Before, change.After))
            {
                var isKnown = known.TryGetValue(change.Origin, out var edits) && ReferenceEquals(edits.Before, change.Before);
                changes.Add(isKnown ? change with { Names = edits!.Names } : change);
            }
        }

        return changes;
    }

    private void Tell(List<ZoneChange> changes)
    {
        foreach (var observer in _observers)
        {
            try
            {
                observer.Published(changes);
            }
            catch (Exception exception)
            {
                logger.TellingFailed(exception);
            }
        }
    }
}
