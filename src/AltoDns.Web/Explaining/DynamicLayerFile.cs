// The dynamic records of a state folder, put on zones that were loaded from files.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.State;
using AltoDns.Zones.Updating;

namespace AltoDns.Web.Explaining;

/// <summary>What a server that runs with this folder serves. Immutable.</summary>
/// <param name="Zones">With the dynamic records.</param>
/// <param name="At">The dynamic records of a name.</param>
public sealed record DynamicLayerFile(ZoneSet Zones, Func<DomainName, IReadOnlyList<DynamicEntry>> At)
{
    /// <summary>Zones that have the dynamic records of a file already; what is known of single records is looked up there when it is asked for.</summary>
    /// <param name="path">The file; nothing is known where it cannot be read.</param>
    public static DynamicLayerFile Over(ZoneSet zones, string path) => new(zones, owner =>
    {
        var name = new LookupName();
        name.Set(owner.Wire);
        try
        {
            return zones.FindEnclosing(name) is { } zone ? [.. DynamicRows.ReadAt(path, zone.Origin, owner)] : [];
        }
        catch (StateDatabaseException)
        {
            return [];
        }
    });

    /// <summary>Reads the file of a state folder; without one the zones are as they were loaded.</summary>
    /// <exception cref="StateDatabaseException">The file cannot be read.</exception>
    public static DynamicLayerFile Read(LoadedZones loaded, string stateFolder)
    {
        var zones = loaded.Zones!;
        var terms = UpdatableZone.Of(loaded);
        var entries = DynamicRows.ReadAll(Path.Combine(stateFolder, DynamicStore.FileName)).Where(entry => terms.ContainsKey(entry.Zone)).ToList();
        var updated = new Dictionary<DomainName, ZoneSnapshot>();
        foreach (var zone in entries.GroupBy(entry => entry.Zone))
        {
            var replay = new LayerReplay(zones.FindZone(zone.Key)!, terms[zone.Key]);
            foreach (var owner in zone.GroupBy(entry => entry.Owner))
            {
                replay.Add(owner.Key, [.. owner.Select(entry => new DynamicRecord(entry.Type, entry.TimeToLive, entry.Data))]);
            }

            updated.Add(zone.Key, replay.Build(kept: null, 0).Content);
        }

        var byOwner = entries.ToLookup(entry => entry.Owner);
        return new DynamicLayerFile(zones.Replacing(updated), owner => [.. byOwner[owner]]);
    }
}
