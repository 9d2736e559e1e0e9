// What the apex of a signed zone owns: its own RRsets, and those that signing adds or replaces.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

internal static class ApexRecords
{
    /// <summary>SIMPLE, the only scheme (RFC 8976 §5.2), with SHA-384, which every verifier has to know (§5.3).</summary>
    public const byte DigestScheme = 1;
    public const byte DigestHash = 1;
    public const int DigestLength = 48;

    /// <summary>Octets of ZONEMD data before the digest: serial, scheme, hash.</summary>
    public const int DigestHeaderLength = sizeof(uint) + 2;

    /// <summary>SHA-1 without iterations and salt, whatever the flags of the NSEC3 records (RFC 9276 §3.1, RFC 5155 §4.1.2).</summary>
    public static Nsec3ParamData Nsec3Parameters { get; } = new(hashAlgorithm: 1, flags: 0, iterations: 0, salt: []);

    /// <summary>The RRsets of the apex but for NSEC, in ascending order of type.</summary>
    /// <param name="zone">The unsigned zone.</param>
    /// <remarks>The digest is of zeros: it can be made only when the rest of the zone is there.</remarks>
    public static IReadOnlyList<RRsetContent> Of(ZoneSnapshot zone, SigningTerms terms)
    {
        var rrsets = new SortedList<RecordType, RRsetContent>();
        foreach (ref readonly var rrset in zone.RRsetsOf(ZoneSnapshot.Apex))
        {
            if (!UnsignedForm.IsReplacedAtApex(rrset.Type))
            {
                rrsets[rrset.Type] = RRsetContent.Of(rrset.Type, rrset.TimeToLive, zone.DataOf(rrset).ToArray());
            }
        }

        var soaTimeToLive = rrsets[RecordType.SOA].TimeToLive;
        Add([WithSerial(zone, terms.Serial)], soaTimeToLive);
        Add(terms.Keys.Dnskeys, terms.Keys.TimeToLive);
        Add(terms.Keys.Cds, terms.Keys.TimeToLive);
        Add(terms.Keys.Cdnskeys, terms.Keys.TimeToLive);
        if (!terms.HasNsec)
        {
            // It is for other servers of the zone; no cache need keep it.
            Add([Nsec3Parameters], timeToLive: 0);
        }

        if (terms.Policy.ZoneMd)
        {
            Add([new ZoneMdData(terms.Serial, DigestScheme, DigestHash, new byte[DigestLength])], soaTimeToLive);
        }

        return [.. rrsets.Values];

        void Add(IReadOnlyList<RecordData> records, uint timeToLive)
        {
            if (records.Count > 0)
            {
                rrsets[records[0].RecordType] = RRsetContent.Of(timeToLive, records);
            }
        }
    }

    private static SoaData WithSerial(ZoneSnapshot zone, uint serial)
    {
        var reader = new WireReader(zone.DataOf(zone.RRset(zone.SoaRRset))[sizeof(ushort)..]);
        return SoaData.TryRead(ref reader, out var soa)
            ? new SoaData(soa.Primary, soa.Contact, serial, soa.Refresh, soa.Retry, soa.Expire, soa.Minimum)
            : throw new InvalidOperationException($"Zone {zone.Origin} has a malformed SOA.");
    }
}
