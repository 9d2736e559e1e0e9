// Makes and checks the digest over a whole zone (RFC 8976).

using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Signing;

/// <summary>What a zone's ZONEMD records came to (RFC 8976 §4).</summary>
public enum DigestOutcome
{
    /// <summary>There is none that could be checked: no record, another scheme or hash, or two of one kind.</summary>
    Unchecked,

    Valid,

    /// <summary>Made for another serial of the zone.</summary>
    OtherSerial,

    Wrong,
}

/// <summary>Scheme SIMPLE: every record of the zone in canonical form and order, save the apex ZONEMD RRset and its signatures (RFC 8976 §3.3).</summary>
public static class ZoneDigest
{
    private const byte Sha384 = 1;
    private const byte Sha512 = 2;

    /// <summary>Checks the digests of a zone that was loaded; one that is valid suffices.</summary>
    public static DigestOutcome Check(ZoneSnapshot zone)
    {
        var records = RecordsOf(zone);
        var outcome = DigestOutcome.Unchecked;
        foreach (var record in records)
        {
            // RFC 8976 §4: of two records with one scheme and hash neither is used.
            if (record.Scheme != ApexRecords.DigestScheme
                || NameOf(record.HashAlgorithm) is not { } hash
                || records.Count(other => other.Scheme == record.Scheme && other.HashAlgorithm == record.HashAlgorithm) > 1)
            {
                continue;
            }

            if (record.Serial != zone.Serial)
            {
                outcome = outcome == DigestOutcome.Wrong ? outcome : DigestOutcome.OtherSerial;
            }
            else if (IsDigest(zone, hash, record.Digest.Span))
            {
                return DigestOutcome.Valid;
            }
            else
            {
                outcome = DigestOutcome.Wrong;
            }
        }

        return outcome;
    }

    /// <summary>Writes the digest into a record of a zone that nobody has yet.</summary>
    /// <param name="rrset">One ZONEMD record with SHA-384.</param>
    internal static void Complete(ZoneSnapshot zone, int rrset)
    {
        ref readonly var set = ref zone.RRset(rrset);
        var room = zone.Parts.Data.Fill(set.Offset, set.Length);
        Compute(zone, HashAlgorithmName.SHA384, ofAll: false).CopyTo(room[(sizeof(ushort) + ApexRecords.DigestHeaderLength)..]);
    }

    // Whoever made the digest of a file may have counted what stands below a DNAME, which is neither served nor transferred from here.
    private static bool IsDigest(ZoneSnapshot zone, HashAlgorithmName hash, ReadOnlySpan<byte> digest) =>
        Compute(zone, hash, ofAll: false).AsSpan().SequenceEqual(digest) || Compute(zone, hash, ofAll: true).AsSpan().SequenceEqual(digest);

    /// <param name="ofAll">Whether what exports and transfers leave out counts, too.</param>
    private static byte[] Compute(ZoneSnapshot zone, HashAlgorithmName algorithm, bool ofAll)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        var writer = new RecordWriter(zone, hash, ofAll);
        var links = zone.Nsec3?.Count ?? 0;
        var link = 0;
        foreach (var node in zone.InOrder)
        {
            // The owners of NSEC3 records stand among the names directly below the apex; base32hex keeps the order of hashes (RFC 4648 §7).
            while (link < links && zone.Node(node).Depth == zone.OriginDepth + 1 && CompareLabel(zone, link, node) < 0)
            {
                writer.Write(zone.NodeEnd + link++);
            }

            writer.Write(node);
        }

        while (link < links)
        {
            writer.Write(zone.NodeEnd + link++);
        }

        return hash.GetHashAndReset();
    }

    private static HashAlgorithmName? NameOf(byte algorithm) => algorithm switch
    {
        Sha384 => HashAlgorithmName.SHA384,
        Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static List<ZoneMdData> RecordsOf(ZoneSnapshot zone)
    {
        var records = new List<ZoneMdData>();
        var rrset = zone.FindRRset(ZoneSnapshot.Apex, RecordType.ZONEMD);
        foreach (var data in new RRsetDataEnumerator(rrset < 0 ? default : zone.DataOf(zone.RRset(rrset))))
        {
            var reader = WireReader.OverData(data);
            if (ZoneMdData.TryRead(ref reader, out var record))
            {
                records.Add(record);
            }
        }

        return records;
    }

    private static int CompareLabel(ZoneSnapshot zone, int link, int node)
    {
        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        zone.Nsec3!.OwnerOf(link, zone.Origin).Wire.CopyTo(name);
        return WireName.CompareLabels(name.Slice(1, name[0]), zone.LabelOf(node)[1..]);
    }

    /// <summary>Feeds the records of one owner after another to a hash, in canonical form and order (RFC 8976 §3.3.2, §3.3.3).</summary>
    private sealed class RecordWriter(ZoneSnapshot zone, IncrementalHash hash, bool ofAll)
    {
        private readonly OwnedRRsets _owners = new(zone);
        private readonly List<(byte[] Data, uint TimeToLive)> _records = [];
        private readonly byte[] _header = new byte[10];

        public void Write(int owner)
        {
            var count = _owners.Find(owner, out var first);
            if (count == 0)
            {
                return;
            }

            var name = _owners.NameOf(owner);
            var signaturesDone = false;
            for (var rrset = first; rrset < first + count; rrset++)
            {
                ref readonly var set = ref zone.RRset(rrset);
                if (!signaturesDone && set.Type > RecordType.RRSIG)
                {
                    WriteSignatures(owner, name, first, count);
                    signaturesDone = true;
                }

                if (Counts(owner, set.Type))
                {
                    Gather(set.Type, zone.DataOf(set), set.TimeToLive);
                    Flush(name, set.Type);
                }
            }

            if (!signaturesDone)
            {
                WriteSignatures(owner, name, first, count);
            }
        }

        private void WriteSignatures(int owner, ReadOnlySpan<byte> name, int first, int count)
        {
            for (var rrset = first; rrset < first + count; rrset++)
            {
                ref readonly var set = ref zone.RRset(rrset);
                if (Counts(owner, set.Type))
                {
                    Gather(RecordType.RRSIG, zone.SignaturesOf(rrset), set.TimeToLive);
                }
            }

            Flush(name, RecordType.RRSIG);
        }

        private bool Counts(int owner, RecordType type) =>
            (owner != ZoneSnapshot.Apex || type != RecordType.ZONEMD)
            && (ofAll || owner >= zone.NodeEnd || !ZoneExporter.IsLeftOut(zone, owner, type));

        private void Gather(RecordType type, ReadOnlySpan<byte> records, uint timeToLive)
        {
            foreach (var record in new RRsetDataEnumerator(records))
            {
                var data = record.ToArray();
                CanonicalData.FoldInPlace(type, data);
                _records.Add((data, timeToLive));
            }
        }

        private void Flush(ReadOnlySpan<byte> name, RecordType type)
        {
            if (_records.Count > 1)
            {
                _records.Sort((left, right) => CanonicalData.Compare(left.Data, right.Data));
            }

            foreach (var (data, timeToLive) in _records)
            {
                hash.AppendData(name);
                BinaryPrimitives.WriteUInt16BigEndian(_header, (ushort)type);
                BinaryPrimitives.WriteUInt16BigEndian(_header.AsSpan(2), (ushort)RecordClass.Internet);
                BinaryPrimitives.WriteUInt32BigEndian(_header.AsSpan(4), timeToLive);
                BinaryPrimitives.WriteUInt16BigEndian(_header.AsSpan(8), (ushort)data.Length);
                hash.AppendData(_header);
                hash.AppendData(data);
            }

            _records.Clear();
        }
    }
}
