// What the apex of a signed zone owns: its own RRsets, and those that signing adds or replaces.

using System.Buffers.Binary;
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

    /// <summary>The RRsets of the apex but for NSEC, in ascending order of type; new data goes to <paramref name="data"/>.</summary>
    /// <remarks>The digest is of zeros: it can be made only when the rest of the zone is there.</remarks>
    public static IReadOnlyList<RRset> Of(ZoneSnapshot zone, SigningTerms terms, OctetStoreBuilder data)
    {
        var rrsets = new SortedList<RecordType, RRset>();
        foreach (ref readonly var rrset in zone.RRsetsOf(ZoneSnapshot.Apex))
        {
            if (!UnsignedForm.IsReplacedAtApex(rrset.Type))
            {
                rrsets[rrset.Type] = rrset;
            }
        }

        var soaTimeToLive = rrsets[RecordType.SOA].TimeToLive;
        Add([WithSerial(zone, terms.Serial)], RecordType.SOA, soaTimeToLive);
        Add([.. terms.Dnskeys.Select(key => key.ToWire())], RecordType.DNSKEY, terms.KeyTimeToLive);
        foreach (var signals in terms.ParentSignals.GroupBy(record => record.RecordType))
        {
            Add([.. signals.Select(record => record.ToWire())], signals.Key, terms.KeyTimeToLive);
        }

        if (terms.Denial != DenialMethod.Nsec)
        {
            // It is for other servers of the zone; no cache need keep it.
            Add([Nsec3Parameters.ToWire()], RecordType.NSEC3PARAM, timeToLive: 0);
        }

        if (terms.AddDigest)
        {
            Add([new ZoneMdData(terms.Serial, DigestScheme, DigestHash, new byte[DigestLength]).ToWire()], RecordType.ZONEMD, soaTimeToLive);
        }

        return [.. rrsets.Values];

        void Add(IReadOnlyList<byte[]> records, RecordType type, uint timeToLive) => rrsets[type] = Write(records, type, timeToLive, data);
    }

    private static RRset Write(IReadOnlyList<byte[]> records, RecordType type, uint timeToLive, OctetStoreBuilder data)
    {
        var length = records.Sum(record => sizeof(ushort) + record.Length);
        var room = data.Reserve(length, out var offset);
        foreach (var record in records)
        {
            BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)record.Length);
            record.CopyTo(room[sizeof(ushort)..]);
            room = room[(sizeof(ushort) + record.Length)..];
        }

        return new RRset { Type = type, Count = (ushort)records.Count, TimeToLive = timeToLive, Offset = offset, Length = length };
    }

    private static byte[] WithSerial(ZoneSnapshot zone, uint serial)
    {
        var soa = zone.DataOf(zone.RRset(zone.SoaRRset))[sizeof(ushort)..].ToArray();
        var reader = new WireReader(soa);
        _ = reader.TryReadName(out _) & reader.TryReadName(out _);
        BinaryPrimitives.WriteUInt32BigEndian(soa.AsSpan(reader.Position), serial);
        return soa;
    }
}
