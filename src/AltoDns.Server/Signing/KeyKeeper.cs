// Keeps the keys of all signed zones going: takes their steps in time, asks their parents, and says when a zone is to be signed anew.

using System.Collections.Concurrent;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Signing;

/// <summary>
/// Whoever signs calls <see cref="Get"/> for each zone, serves it, then <see cref="Confirm"/>; <see cref="RunAsync"/> tells it of later
/// changes. Thread-safe.
/// </summary>
public sealed class KeyKeeper(KeyStore store, ParentMonitor monitor, TimeProvider timeProvider, ILogger<KeyKeeper> logger) : IDisposable
{
    /// <summary>Between two looks at the clock and at what the command line asked for.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Between two questions to a parent, while a key waits for it.</summary>
    public static readonly TimeSpan ParentPause = TimeSpan.FromMinutes(10);

    /// <summary>Between two questions to a parent that is waited for by no key.</summary>
    public static readonly TimeSpan IdleParentPause = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<DomainName, KeptZone> _zones = new();

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
            zone.Keys.Confirm(zone.Policy, generation, timeProvider.GetUtcNow(), longestTimeToLive);
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

    /// <summary>Runs until cancelled.</summary>
    /// <param name="changed">Called with each key set of a generation that was not handed out before.</param>
    public async Task RunAsync(Action<ZoneKeySet> changed, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Pause, timeProvider);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            await TakeStepsAsync(changed, cancellation);
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
        var state = store.Load(apex);
        var isAwaited = state?.Keys.Any(key => key.Ds is { Since: null, Spread: Spread.Rumoured or Spread.Unretentive }) == true;
        if (now - zone.AskedAt < (isAwaited ? ParentPause : IdleParentPause) && now >= zone.AskedAt)
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

        zone.Generation = set.Generation;
        return set;
    }

    private sealed class KeptZone(ZoneKeys keys)
    {
        public ZoneKeys Keys { get; } = keys;

        public DnssecPolicy Policy { get; set; } = new();

        public long Generation { get; set; } = -1;

        public DateTimeOffset AskedAt { get; set; }

        public bool IsParentSilent { get; set; }

        public bool IsFaulty { get; set; }
    }
}
