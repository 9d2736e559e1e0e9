// What an RRset of an edited name is to be: given anew, or one that the zone has already.

using System.Buffers.Binary;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>One RRset for <see cref="SnapshotEditor.Add"/>. Runs of data are records, each a 16-bit length and that many octets, names uncompressed.</summary>
public readonly record struct RRsetContent
{
    private RRsetContent(RecordType type, uint timeToLive, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> signatures, int kept, bool keepsSignatures)
    {
        Type = type;
        TimeToLive = timeToLive;
        Data = data;
        Signatures = signatures;
        KeptPlusOne = kept + 1;
        KeepsSignatures = keepsSignatures;
    }

    public RecordType Type { get; }

    /// <summary>Seconds.</summary>
    public uint TimeToLive { get; }

    /// <summary>A run of at least one record, none twice; empty where <see cref="Kept"/> says where the data is.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>A run of RRSIG data; empty for an RRset without signatures.</summary>
    public ReadOnlyMemory<byte> Signatures { get; }

    /// <summary>The RRset of the zone before whose data is used; -1 for none.</summary>
    public int Kept => KeptPlusOne - 1;

    /// <summary>Whether that RRset's signatures are used too.</summary>
    public bool KeepsSignatures { get; }

    private int KeptPlusOne { get; }

    /// <param name="data">A run of at least one record, none twice.</param>
    /// <param name="signatures">A run of RRSIG data; empty for none.</param>
    public static RRsetContent Of(RecordType type, uint timeToLive, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> signatures = default) =>
        new(type, timeToLive, data, signatures, -1, false);

    /// <param name="records">All of one type, at least one; what is there twice is taken once (RFC 2181 §5).</param>
    public static RRsetContent Of(uint timeToLive, IReadOnlyList<RecordData> records, ReadOnlyMemory<byte> signatures = default) =>
        new(records[0].RecordType, timeToLive, Run(records), signatures, -1, false);

    /// <summary>An RRset of the zone before, as it is, signatures included.</summary>
    public static RRsetContent Keep(ZoneSnapshot before, int rrset) => Keep(before, rrset, default, keepsSignatures: true);

    /// <summary>An RRset of the zone before with these signatures in place of its own.</summary>
    public static RRsetContent Signed(ZoneSnapshot before, int rrset, ReadOnlyMemory<byte> signatures) =>
        Keep(before, rrset, signatures, keepsSignatures: false);

    /// <summary>Records as a run, each once.</summary>
    public static byte[] Run(IEnumerable<RecordData> records)
    {
        var wires = records.Distinct().Select(record => record.ToWire()).ToList();
        var run = new byte[wires.Sum(wire => sizeof(ushort) + wire.Length)];
        var rest = run.AsSpan();
        foreach (var wire in wires)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)wire.Length));
            wire.CopyTo(rest[sizeof(ushort)..]);
            rest = rest[(sizeof(ushort) + wire.Length)..];
        }

        return run;
    }

    private static RRsetContent Keep(ZoneSnapshot before, int rrset, ReadOnlyMemory<byte> signatures, bool keepsSignatures)
    {
        ref readonly var kept = ref before.RRset(rrset);
        return new RRsetContent(kept.Type, kept.TimeToLive, default, signatures, rrset, keepsSignatures);
    }
}

/// <summary>Where the RRsets of a name are; any number of names may have the same. The default value is that of a name without RRsets.</summary>
public readonly record struct RRsetPlace(int First, ushort Count);
