// The records of one name while changes are applied to them.

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.History;

/// <summary>Begins with what a version of a zone has at the name.</summary>
internal sealed class NameRecords
{
    private readonly List<Entry> _records = [];

    private readonly record struct Entry(RecordType Type, uint TimeToLive, ReadOnlyMemory<byte> Data);

    public bool IsEmpty => _records.Count == 0;

    /// <summary>Whether the name may own a link of an NSEC3 chain: it has NSEC3 records and nothing else but signatures (RFC 5155 §7.1).</summary>
    public bool IsProofOnly => Has(RecordType.NSEC3) && _records.TrueForAll(record => record.Type is RecordType.NSEC3 or RecordType.RRSIG);

    public bool Has(RecordType type) => _records.Exists(record => record.Type == type);

    public IEnumerable<ReadOnlyMemory<byte>> DataOf(RecordType type) => _records.Where(record => record.Type == type).Select(record => record.Data);

    /// <summary>Takes an RRset with its signatures.</summary>
    public void Load(ZoneSnapshot zone, int rrset)
    {
        ref readonly var set = ref zone.RRset(rrset);
        foreach (var data in new RRsetDataEnumerator(zone.DataOf(set)))
        {
            _records.Add(new Entry(set.Type, set.TimeToLive, data.ToArray()));
        }

        // RFC 4034 §3: a signature has the TTL of what it covers.
        foreach (var data in new RRsetDataEnumerator(zone.SignaturesOf(rrset)))
        {
            _records.Add(new Entry(RecordType.RRSIG, set.TimeToLive, data.ToArray()));
        }
    }

    /// <summary>False where the record is not there.</summary>
    public bool TryRemove(DeltaRecord record)
    {
        var index = Find(record);
        if (index >= 0)
        {
            _records.RemoveAt(index);
        }

        return index >= 0;
    }

    /// <summary>False where the record is there already.</summary>
    public bool TryAdd(DeltaRecord record)
    {
        if (Find(record) >= 0)
        {
            return false;
        }

        _records.Add(new Entry(record.Type, record.TimeToLive, record.Data));
        return true;
    }

    /// <summary>What keeps these records from standing at one name, as the end of a sentence; null for nothing.</summary>
    public string? FindFault(bool isApex)
    {
        foreach (var type in (ReadOnlySpan<RecordType>)[RecordType.SOA, RecordType.CNAME, RecordType.DNAME])
        {
            if (DataOf(type).Count() > 1)
            {
                return $"has more than one {type.Mnemonic()} record";
            }
        }

        // RFC 2181 §10.1: an alias stands alone but for the records of DNSSEC.
        return Has(RecordType.CNAME) && _records.Exists(record =>
                record.Type is not (RecordType.CNAME or RecordType.RRSIG or RecordType.NSEC or RecordType.SIG or RecordType.KEY))
            ? "has a CNAME record and other data beside it"
            : Has(RecordType.SOA) != isApex ? isApex ? "has no SOA record" : "has an SOA record and is not the apex"
            : isApex && !Has(RecordType.NS) ? "has no NS record"
            : null;
    }

    /// <summary>The RRsets of the name, with their signatures; a signature of records that are not there is left out.</summary>
    public RRsetContent[] ToRRsets() =>
    [
        .. _records.Where(record => record.Type != RecordType.RRSIG).GroupBy(record => record.Type).OrderBy(group => group.Key).Select(group =>
            RRsetContent.Of(
                group.Key,
                group.Min(record => record.TimeToLive),
                Run(group.Select(record => record.Data)),
                Run(DataOf(RecordType.RRSIG).Where(data => Covers(data.Span, group.Key))))),
    ];

    /// <summary>Whether the data of an RRSIG record is of a signature over this type (RFC 4034 §3.1.1).</summary>
    public static bool Covers(ReadOnlySpan<byte> signature, RecordType type) =>
        signature.Length >= sizeof(ushort) && (RecordType)BinaryPrimitives.ReadUInt16BigEndian(signature) == type;

    private int Find(DeltaRecord record) =>
        _records.FindIndex(other => other.Type == record.Type && ZoneIncrement.IsSameData(record.Type, other.Data.Span, record.Data.Span));

    private static byte[] Run(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        var run = new List<byte>();
        foreach (var data in records)
        {
            run.Add((byte)(data.Length >> 8));
            run.Add((byte)data.Length);
            run.AddRange(data.Span);
        }

        return [.. run];
    }

    /// <summary>Whether an NSEC3 record here is of a chain with these parameters.</summary>
    public bool IsInChain(Nsec3ParamData parameters) => DataOf(RecordType.NSEC3).Any(data => IsOfChain(data.Span, parameters));

    /// <summary>Whether the data of an NSEC3 record is of a chain with these parameters (RFC 5155 §3.2, §4.2: both begin alike).</summary>
    public static bool IsOfChain(ReadOnlySpan<byte> nsec3, Nsec3ParamData parameters)
    {
        var reader = new WireReader(nsec3);
        return Nsec3ParamData.TryRead(ref reader, out var used)
            && used.HashAlgorithm == parameters.HashAlgorithm && used.Iterations == parameters.Iterations && used.Salt.Span.SequenceEqual(parameters.Salt.Span);
    }

    /// <summary>The parameters of the chain that is in use, from the records of the apex; null for none (RFC 5155 §4.1.2).</summary>
    public Nsec3ParamData? ChainParameters()
    {
        foreach (var data in DataOf(RecordType.NSEC3PARAM))
        {
            var reader = WireReader.OverData(data.Span);
            if (Nsec3ParamData.TryRead(ref reader, out var parameters) && parameters is { HashAlgorithm: 1, Flags: 0 })
            {
                return parameters;
            }
        }

        return null;
    }
}
