// What a load leaves for the next one, so that it costs no more than what changed.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Loading;

/// <summary>Immutable once the load has ended.</summary>
internal sealed class LoadMemory
{
    public static LoadMemory Empty { get; } = new();

    public Dictionary<string, PolicyMemory> Policies { get; } = new(StringComparer.Ordinal);

    public Dictionary<(DomainName Origin, string Path), PlainZoneMemory> PlainZones { get; } = [];

    /// <summary>All zones as they were compiled or read.</summary>
    public Dictionary<DomainName, ZoneSnapshot> Zones { get; } = [];

    /// <summary>Zones that cannot be answered from, and why.</summary>
    public Dictionary<DomainName, Unavailability> Unavailable { get; } = [];

    /// <summary>The bases that have to be transferred, by origin.</summary>
    public Dictionary<DomainName, BaseZoneDocument> Bases { get; } = [];

    /// <summary>The zone before in place of one with the same records, so that it keeps its serial; else the zone, with an advanced serial where that is ours to choose.</summary>
    /// <param name="choosesSerial">Whether the serial comes neither from the policy nor from a file.</param>
    public ZoneSnapshot Adopt(ZoneSnapshot zone, bool choosesSerial)
    {
        if (!Zones.TryGetValue(zone.Origin, out var before))
        {
            return zone;
        }

        if (!choosesSerial || before.Serial == zone.Serial)
        {
            return SnapshotComparer.HaveSameRecords(before, zone) ? before
                : choosesSerial ? ZoneSerial.Set(zone, ZoneSerial.After(before.Serial, zone.Serial))
                : zone;
        }

        return SnapshotComparer.HaveSameRecords(before, ZoneSerial.Set(zone, before.Serial)) ? before
            : ZoneSerial.After(before.Serial, zone.Serial) is var serial && serial == zone.Serial ? zone
            : ZoneSerial.Set(zone, serial);
    }
}

/// <param name="Read">What reading the policy came to; its document has no assignments.</param>
/// <param name="Problems">All that compiling found.</param>
/// <param name="Stamps">Of all files that the zones are made of.</param>
/// <param name="BaseFiles">Those of them that base records come from.</param>
internal sealed record PolicyMemory(
    ReadPolicy Read, CompiledPolicy Compiled, IReadOnlyList<Problem> Problems, FileStamps Stamps, IReadOnlyList<string> BaseFiles);

internal sealed record PlainZoneMemory(ZoneSnapshot Zone, IReadOnlyList<Problem> Problems, FileStamps Stamps);
