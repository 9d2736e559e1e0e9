// Keeps the keys of all signed zones going: takes their steps in time, asks their parents, and says when a zone is to be signed anew.

using System.Collections.Concurrent;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Signing;

/// <summary>
/// Whoever signs calls <see cref="Get"/> for each zone, serves it, then <see cref="Confirm"/>; <see cref="TakeStepsAsync"/>, called after
/// each <see cref="WaitAsync"/>, tells it of later changes. Thread-safe.
/// </summary>
public sealed class KeyKeeper(KeyStore store, ParentMonitor monitor, TimeProvider timeProvider, ILogger<KeyKeeper> logger) : IDisposable
{
    /// <summary>Between two looks at the clock and at what the command line asked for, at most.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // A step that cannot be taken, since the state folder is not to be written, stays due.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    /// <summary>Between two questions to a parent that is waited for by no key.</summary>
    public static readonly TimeSpan IdleParentPause = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<DomainName, KeptZone> _zones = new();
    private volatile TaskCompletionSource _confirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The keys to sign a zone with now; from here on the zone is kept.</summary>
    /// <exception cref="KeyStoreException">The state folder does not let it; keep what is served.</exception>
    public ZoneKeySet Get(DomainName apex, DnssecPolicy policy)
    {
        var zone = _zones.GetOrAdd(apex, name => new KeptZone(new ZoneKeys(store, name)));
        zone.Policy = policy;
        return Advance(zone, observation: null);
    }

    /// <inheritdoc cref="ZoneKeys.Confirm"/>
    public void Confirm(DomainName apex, long generation, TimeSpan longestTimeToLive)
    {
        if (_zones.TryGetValue(apex, out var zone))
        {
            zone.NextStep = zone.Keys.Confirm(zone.Policy, generation, timeProvider.GetUtcNow(), longestTimeToLive);
            Interlocked.Exchange(ref _confirmed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    /// <summary>Forgets zones that are signed no more; their keys stay in the state folder.</summary>
    public void Retain(IReadOnlySet<DomainName> signed)
    {
        foreach (var apex in _zones.Keys.Where(apex => !signed.Contains(apex)))
        {
            _zones.TryRemove(apex, out _);
        }
    }

    /// <summary>Waits until a step or a question to a parent is due, at least a second and at most <see cref="LongestPause"/>.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        var began = timeProvider.GetTimestamp();
        while (true)
        {
            var confirmed = _confirmed.Task;
            var elapsed = timeProvider.GetElapsedTime(began);
            var pause = Min(Max(DueIn(), ShortestPause - elapsed), LongestPause - elapsed);
            if (pause <= TimeSpan.Zero)
            {
                return;
            }

            // What was confirmed meanwhile may have begun a shorter delay.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(confirmed, Task.Delay(pause, timeProvider, limit.Token));
            await limit.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One look at every zone.</summary>
    public async Task TakeStepsAsync(Action<ZoneKeySet> changed, CancellationToken cancellation)
    {
        foreach (var (apex, zone) in _zones)
        {
            try
            {
                var before = zone.Generation;
                var set = Advance(zone, await ObserveAsync(apex, zone, cancellation));
                if (set.Generation != before)
                {
                    changed(set);
                }

                zone.IsFaulty = false;
            }
            catch (KeyStoreException exception) when (!zone.IsFaulty)
            {
                zone.IsFaulty = true;
                logger.KeysUnusable(exception.Problem);
            }
            catch (KeyStoreException)
            {
                // Said once until it is mended.
            }
        }
    }

    public void Dispose()
    {
        foreach (var zone in _zones.Values)
        {
            zone.Keys.Dispose();
        }
    }

    private async Task<ParentObservation?> ObserveAsync(DomainName apex, KeptZone zone, CancellationToken cancellation)
    {
        var now = timeProvider.GetUtcNow();
        if (now < zone.AskAgainAt && now >= zone.AskedAt)
        {
            return null;
        }

        zone.AskedAt = now;
        var observation = await monitor.ObserveAsync(apex, zone.Policy, cancellation);
        if (observation is null && !zone.IsParentSilent)
        {
            logger.ParentSilent(apex);
        }

        zone.IsParentSilent = observation is null;
        return observation;
    }

    private ZoneKeySet Advance(KeptZone zone, ParentObservation? observation)
    {
        var (set, events) = zone.Keys.Advance(zone.Policy, timeProvider.GetUtcNow(), observation);
        foreach (var step in events)
        {
            logger.LogStep(step);
        }

        (zone.Generation, zone.NextStep, zone.AwaitsParent) = (set.Generation, set.NextStep, set.AwaitsParent);
        return set;
    }

    private TimeSpan DueIn()
    {
        var now = timeProvider.GetUtcNow();
        return _zones.Values.Select(zone => (zone.NextStep < zone.AskAgainAt ? zone.NextStep.Value : zone.AskAgainAt) - now).DefaultIfEmpty(TimeSpan.MaxValue).Min();
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private sealed class KeptZone(ZoneKeys keys)
    {
        public ZoneKeys Keys { get; } = keys;

        public DnssecPolicy Policy { get; set; } = new();

        public long Generation { get; set; } = -1;

        public DateTimeOffset? NextStep { get; set; }

        public bool AwaitsParent { get; set; }

        public DateTimeOffset AskedAt { get; set; }

        /// <summary>When the parent is to be asked for the next time.</summary>
        public DateTimeOffset AskAgainAt => AskedAt + (AwaitsParent ? Policy.ParentCheckInterval : IdleParentPause);

        public bool IsParentSilent { get; set; }

        public bool IsFaulty { get; set; }
    }
}
