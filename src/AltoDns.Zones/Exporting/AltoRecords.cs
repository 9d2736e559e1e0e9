// The records of a compiled zone that are there because of ALTO, for zones that other programs go on making.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Exporting;

/// <summary>
/// NAPTR records for ALTO and key records, at the names of the base zone that inherit them too, and all that stands at and below
/// <c>_peer</c> and <c>_port</c>. Beside the base zone that the policy names they make the same answers as the compiled zone; delegations
/// of the policy are not among them.
/// </summary>
public static class AltoRecords
{
    /// <summary>In canonical order of their owners; no signatures and proofs, which the other program makes.</summary>
    public static IEnumerable<ZoneRecord> Of(ZoneSnapshot zone) => ZoneExporter.Records(zone).Where(record => IsAlto(record, zone.Origin));

    /// <summary>Writes them with owners in full, so that the file can be included in a master file wherever its <c>$ORIGIN</c> points.</summary>
    public static void Write(ZoneSnapshot zone, TextWriter output)
    {
        var style = new ZoneFileStyle { Header = [$"ALTO records of zone {zone.Origin}, compiled by AltoDns. Include this file in the zone."], AbsoluteOwners = true };
        var writer = new ZoneFileWriter(output, DomainName.Root, style);
        foreach (var record in Of(zone))
        {
            writer.Write(record.Owner, record.TimeToLive, record.Data);
        }
    }

    private static bool IsAlto(ZoneRecord record, DomainName origin) => record.Data switch
    {
        RrsigData or NsecData or Nsec3Data => false,
        NaptrData naptr when DiscoveryRecords.IsAlto(naptr) => true,
        TxtData text when DiscoveryRecords.IsKey(text) => true,
        _ => IsBehindNat(record.Owner, origin),
    };

    private static bool IsBehindNat(DomainName name, DomainName origin)
    {
        for (; name.Length > origin.Length; name = name.Parent)
        {
            if (name.FirstLabel.SequenceEqual(PeerName.PeerLabel) || name.FirstLabel.SequenceEqual(PeerName.PortLabel))
            {
                return true;
            }
        }

        return false;
    }
}
