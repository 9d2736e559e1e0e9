// Writes a frozen zone as a zone file.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.ZoneFiles;

public static class ZoneExporter
{
    /// <summary>Writes the SOA, then all other records in canonical order of their owners (RFC 4034 §6.1).</summary>
    public static void Write(ZoneSnapshot zone, TextWriter output)
    {
        var style = new ZoneFileStyle { Header = [$"Zone {zone.Origin} serial {zone.Serial}, compiled by AltoDns."] };
        var writer = new ZoneFileWriter(output, zone.Origin, style);
        foreach (var record in Records(zone))
        {
            writer.Write(record.Owner, record.TimeToLive, record.Data);
        }
    }

    /// <summary>
    /// The records of a zone, the SOA first. Those below a DNAME, and a DNAME below a cut, are left out: they are never
    /// answered, and other servers refuse a zone that has data below a DNAME (RFC 6672 §2.4).
    /// </summary>
    public static IEnumerable<ZoneRecord> Records(ZoneSnapshot zone)
    {
        foreach (var record in RecordsOf(zone, ZoneSnapshot.Apex, zone.SoaRRset))
        {
            yield return record;
        }

        for (var node = 0; node < zone.NodeCount; node++)
        {
            var isOccluded = (zone.Node(node).Flags & NodeFlags.Occluded) != 0;
            if (isOccluded && (zone.Node(zone.FindOccluder(node)).Flags & NodeFlags.Cut) == 0)
            {
                continue;
            }

            var first = zone.FirstRRset(node);
            for (var i = 0; i < zone.RRsetsOf(node).Length; i++)
            {
                if (first + i == zone.SoaRRset || (isOccluded && zone.RRset(first + i).Type == RecordType.DNAME))
                {
                    continue;
                }

                foreach (var record in RecordsOf(zone, node, first + i))
                {
                    yield return record;
                }
            }
        }
    }

    private static List<ZoneRecord> RecordsOf(ZoneSnapshot zone, int node, int rrset)
    {
        var owner = zone.NameOf(node);
        ref readonly var set = ref zone.RRset(rrset);
        var records = new List<ZoneRecord>(set.Count);
        foreach (var wire in new RRsetDataEnumerator(zone.DataOf(set)))
        {
            var reader = new WireReader(wire);
            var data = RecordTypes.TryReadData(set.Type, ref reader, out var known) ? known : new UnknownData(set.Type, wire.ToArray());
            records.Add(new ZoneRecord(owner, set.TimeToLive, data, default));
        }

        return records;
    }
}
