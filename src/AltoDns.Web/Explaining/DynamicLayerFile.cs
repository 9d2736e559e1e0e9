// The dynamic records of a state folder, put on zones that were loaded from files.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.State;
using AltoDns.Zones.Updating;

namespace AltoDns.Web.Explaining;

/// <summary>What a server that runs with this folder serves. Immutable.</summary>
/// <param name="Zones">With the dynamic records.</param>
/// <param name="Entries">The dynamic records of the zones.</param>
public sealed record DynamicLayerFile(ZoneSet Zones, IReadOnlyList<DynamicEntry> Entries)
{
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

        return new DynamicLayerFile(zones.Replacing(updated), entries);
    }

    /// <summary>The dynamic records of a name.</summary>
    public IEnumerable<DynamicEntry> At(DomainName owner) => Entries.Where(entry => entry.Owner == owner);
}
