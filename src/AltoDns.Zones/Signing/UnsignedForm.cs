// A zone without what DNSSEC added to it: where signing starts.

using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>
/// Signatures, denial chains and what signing puts at the apex go; DS RRsets stay, they are the parent's own data. A DNSKEY, CDS or
/// CDNSKEY RRset below the apex means nothing (RFC 4034 §2.1.1) and stays, too.
/// </summary>
internal static class UnsignedForm
{
    /// <summary>Whether signing replaces an RRset of this type at the apex.</summary>
    public static bool IsReplacedAtApex(RecordType type) =>
        type is RecordType.DNSKEY or RecordType.CDS or RecordType.CDNSKEY or RecordType.NSEC3PARAM or RecordType.ZONEMD or RecordType.NSEC;

    /// <summary>The zone itself where only its apex has anything to be replaced.</summary>
    public static ZoneSnapshot Of(ZoneSnapshot zone)
    {
        if (!HasChainOrSignatures(zone))
        {
            return zone;
        }

        var builder = new ZoneBuilder(zone.Origin, zone.NodeCount);
        var name = new byte[Protocol.Names.DomainName.MaxLength];
        foreach (var node in zone.InOrder)
        {
            foreach (ref readonly var rrset in zone.RRsetsOf(node))
            {
                // A name that owned nothing but its NSEC does not come to be.
                if (rrset.Type == RecordType.NSEC || (node == ZoneSnapshot.Apex && IsReplacedAtApex(rrset.Type)))
                {
                    continue;
                }

                var copy = builder.AddName(name.AsSpan(0, zone.WriteName(node, name)));
                foreach (var data in new RRsetDataEnumerator(zone.DataOf(rrset)))
                {
                    builder.AddRecord(copy, rrset.TimeToLive, rrset.Type, data);
                }
            }
        }

        return builder.Freeze();
    }

    private static bool HasChainOrSignatures(ZoneSnapshot zone) => zone.HasSignatures || zone.Nsec3 is not null || zone.Parts.Lineage.HasNsec;
}
