// The zones that updates may change, and the file that keeps what they did.

using System.Collections.Concurrent;
using System.Globalization;
using AltoDns.Protocol.Names;
using AltoDns.Server.Reloading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.State;
using AltoDns.Zones.Updating;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Updates;

/// <summary>
/// Puts kept records on zones whenever they are loaded. A damaged file is moved aside, never removed; one that cannot be opened is tried
/// again. Changed by one thread at a time: the reloader, and what it lets amend; <see cref="Zones"/> may be read by any.
/// </summary>
public sealed class DynamicLayer(UpdateOptionsStore options, TimeProvider timeProvider, ILogger<DynamicLayer> logger) : IZoneLayer, IDisposable
{
    private ConcurrentDictionary<DomainName, DynamicZone> _zones = [];
    private ConcurrentDictionary<DomainName, DynamicZone>? _applied;

    /// <summary>Null while the file cannot be opened: updates are answered SERVFAIL.</summary>
    public DynamicStore? Store { get; private set; }

    /// <summary>The zones served, by origin; those that nobody has updated have equal versions.</summary>
    public IReadOnlyDictionary<DomainName, DynamicZone> Zones => _zones;

    /// <inheritdoc/>
    public ZoneLoadResult Apply(ZoneLoadResult loaded)
    {
        _applied = null;
        if (loaded.Zones is null)
        {
            return loaded;
        }

        try
        {
            return ApplyAll(loaded);
        }
        catch (StateDatabaseException exception) when (exception.IsDamage)
        {
            MoveAside(exception.Reason);
            return ApplyAll(loaded);
        }
    }

    /// <inheritdoc/>
    public void Published()
    {
        _zones = _applied ?? _zones;
        _applied = null;
    }

    /// <summary>Takes other versions of some zones for those that are served.</summary>
    public void Replace(IEnumerable<DynamicZone> zones)
    {
        foreach (var zone in zones)
        {
            zone.Line.Accept(zone.Content);
            _zones[zone.Origin] = zone;
        }
    }

    public void Dispose() => Store?.Dispose();

    /// <summary>Opens the file; false where that fails.</summary>
    public bool TryOpen(out string? reason)
    {
        reason = null;
        if (Store is not null)
        {
            return true;
        }

        try
        {
            Store = DynamicStore.Open(options.Current.StorePath);
        }
        catch (StateDatabaseException exception) when (exception.IsDamage)
        {
            MoveAside(exception.Reason);
        }
        catch (Exception exception) when (exception is StateDatabaseException or IOException or UnauthorizedAccessException)
        {
            reason = exception.Message;
        }

        return Store is not null;
    }

    private ZoneLoadResult ApplyAll(ZoneLoadResult loaded)
    {
        var began = timeProvider.GetTimestamp();
        if (Store is null && !TryOpen(out var reason))
        {
            logger.UpdatesNotKept(reason ?? "the file cannot be opened");
        }

        var serials = Store?.ReadSerials() ?? new Dictionary<DomainName, KeptSerial>();
        var applied = new ConcurrentDictionary<DomainName, DynamicZone>();
        var (records, changed) = (0L, 0);
        foreach (var zone in loaded.Zones!.Zones)
        {
            if (!loaded.Updatable.TryGetValue(zone.Origin, out var terms))
            {
                continue;
            }

            if (_zones.TryGetValue(zone.Origin, out var before) && ReferenceEquals(before.Base, zone) && IsSame(before.Terms, terms))
            {
                applied[zone.Origin] = before;
                continue;
            }

            KeptSerial? kept = serials.TryGetValue(zone.Origin, out var found) ? found : null;
            applied[zone.Origin] = Replay(zone, terms, kept, ref records);
            changed += kept is null ? 0 : 1;
            KeepSerial(applied[zone.Origin], kept);
        }

        _applied = applied;
        if (changed > 0)
        {
            logger.LayerApplied(records, changed, (long)timeProvider.GetElapsedTime(began).TotalMilliseconds);
        }

        return loaded with { Zones = loaded.Zones.Replacing(applied.ToDictionary(entry => entry.Key, entry => entry.Value.Content)) };
    }

    private DynamicZone Replay(ZoneSnapshot zone, UpdatableZone terms, KeptSerial? kept, ref long count)
    {
        // A zone that comes signed is its signer's.
        if (kept is not { } serial || zone.HasSignatures)
        {
            return new DynamicZone(zone, zone, terms);
        }

        var records = Store!.CountOf(zone.Origin) is { } kepts ? kepts.Added + kepts.Hidden : 0;
        count += records;
        return LayerReplay.Run(zone, terms, records, visit => Store.ReadZone(zone.Origin, visit), serial);
    }

    // A later start shall not come to an earlier serial than this one (RFC 1982).
    private void KeepSerial(DynamicZone zone, KeptSerial? kept)
    {
        var serial = new KeptSerial(zone.Content.Serial, zone.Base.Serial);
        if (kept is null || kept == serial)
        {
            return;
        }

        try
        {
            Store!.Begin();
            Store.WriteSerial(zone.Origin, serial);
            Store.Commit();
        }
        catch (StateDatabaseException exception) when (!exception.IsDamage)
        {
            Store!.RollBack();
            logger.UpdatesNotKept(exception.Message);
        }
    }

    private void MoveAside(string reason)
    {
        Store?.Dispose();
        Store = null;
        var target = string.Create(CultureInfo.InvariantCulture, $"{options.Current.StorePath}.damaged-{timeProvider.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}");
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            if (File.Exists(options.Current.StorePath + suffix))
            {
                File.Move(options.Current.StorePath + suffix, target + suffix, overwrite: false);
            }
        }

        logger.StoreMovedAside(options.Current.StorePath, reason, target);
        TryOpen(out _);
    }

    private static bool IsSame(UpdatableZone left, UpdatableZone right) =>
        left.IsPolicys == right.IsPolicys && left.IsSigned == right.IsSigned && left.Reverse?.Prefix == right.Reverse?.Prefix;
}
