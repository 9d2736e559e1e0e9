// Writes a frozen zone as a zone file.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
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
    /// The records of a zone, the SOA first, each RRset followed by its signatures, those of NSEC3 owners last. Records below a DNAME,
    /// and a DNAME below a cut, are left out: they are never answered, and other servers refuse a zone that has data below a DNAME
    /// (RFC 6672 §2.4).
    /// </summary>
    public static IEnumerable<ZoneRecord> Records(ZoneSnapshot zone)
    {
        foreach (var record in RecordsOf(zone, zone.Origin, zone.SoaRRset))
        {
            yield return record;
        }

        foreach (var node in zone.InOrder)
        {
            var first = zone.FirstRRset(node);
            for (var i = 0; i < zone.RRsetsOf(node).Length; i++)
            {
                if (first + i == zone.SoaRRset || IsLeftOut(zone, node, zone.RRset(first + i).Type))
                {
                    continue;
                }

                foreach (var record in RecordsOf(zone, zone.NameOf(node), first + i))
                {
                    yield return record;
                }
            }
        }

        for (var link = 0; link < (zone.Nsec3?.Count ?? 0); link++)
        {
            foreach (var record in RecordsOf(zone, zone.Nsec3!.OwnerOf(link, zone.Origin), zone.Nsec3.RRsetOf(link)))
            {
                yield return record;
            }
        }
    }

    /// <summary>Whether <see cref="Records"/> leaves out the records of a name that have this type.</summary>
    internal static bool IsLeftOut(ZoneSnapshot zone, int node, RecordType type) =>
        (zone.Node(node).Flags & NodeFlags.Occluded) != 0
        && (type == RecordType.DNAME || (zone.Node(zone.FindOccluder(node)).Flags & NodeFlags.Cut) == 0);

    private static List<ZoneRecord> RecordsOf(ZoneSnapshot zone, DomainName owner, int rrset)
    {
        ref readonly var set = ref zone.RRset(rrset);
        var records = new List<ZoneRecord>(set.Count);
        foreach (var wire in new RRsetDataEnumerator(zone.DataOf(set)))
        {
            records.Add(new ZoneRecord(owner, set.TimeToLive, Decode(set.Type, wire), default));
        }

        // RFC 4034 §3: a signature has the TTL of what it covers.
        foreach (var wire in new RRsetDataEnumerator(zone.SignaturesOf(rrset)))
        {
            records.Add(new ZoneRecord(owner, set.TimeToLive, Decode(RecordType.RRSIG, wire), default));
        }

        return records;
    }

    private static RecordData Decode(RecordType type, ReadOnlySpan<byte> wire)
    {
        var reader = new WireReader(wire);
        return RecordTypes.TryReadData(type, ref reader, out var known) ? known : new UnknownData(type, wire.ToArray());
    }
}
