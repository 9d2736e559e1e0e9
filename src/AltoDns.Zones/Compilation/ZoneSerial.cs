// Serial numbers of zones that are made anew while older ones are out (RFC 1982).

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

internal static class ZoneSerial
{
    /// <summary>The serial wanted, or the one after <paramref name="before"/> where that is no advance (RFC 1982 §3.2).</summary>
    public static uint After(uint before, uint wanted) => (int)(wanted - before) > 0 ? wanted : before + 1;

    /// <summary>The zone before where the next one has the same records; else the next one with a serial that goes forward.</summary>
    /// <param name="tracksSource">Whether a later serial counts as a change by itself, as where another server chose it.</param>
    public static ZoneSnapshot Follow(ZoneSnapshot before, ZoneSnapshot next, bool tracksSource)
    {
        var isLater = (int)(next.Serial - before.Serial) > 0;
        return isLater && tracksSource ? next
            : SnapshotComparer.HaveSameRecords(before, next.Serial == before.Serial ? next : Set(next, before.Serial)) ? before
            : isLater ? next
            : Set(next, After(before.Serial, next.Serial));
    }

    /// <summary>The zone's SOA RRset with another serial.</summary>
    public static RRsetContent SoaWith(ZoneSnapshot zone, uint serial)
    {
        ref readonly var rrset = ref zone.RRset(zone.SoaRRset);
        var reader = new WireReader(zone.DataOf(rrset)[sizeof(ushort)..]);
        return SoaData.TryRead(ref reader, out var soa)
            ? RRsetContent.Of(
                rrset.TimeToLive, [new SoaData(soa.Primary, soa.Contact, serial, soa.Refresh, soa.Retry, soa.Expire, soa.Minimum)])
            : throw new InvalidOperationException($"Zone {zone.Origin} has no readable SOA.");
    }

    /// <summary>The zone with another serial.</summary>
    public static ZoneSnapshot Set(ZoneSnapshot zone, uint serial)
    {
        var editor = new SnapshotEditor(zone);
        var contents = new List<RRsetContent>();
        for (var i = 0; i < zone.RRsetsOf(ZoneSnapshot.Apex).Length; i++)
        {
            var rrset = zone.FirstRRset(ZoneSnapshot.Apex) + i;
            contents.Add(rrset == zone.SoaRRset ? SoaWith(zone, serial) : RRsetContent.Keep(zone, rrset));
        }

        editor.Set(ZoneSnapshot.Apex, editor.Add([.. contents]));
        return editor.Build();
    }
}
