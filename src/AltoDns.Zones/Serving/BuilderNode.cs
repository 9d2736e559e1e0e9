// What a zone under construction is made of: names, records, and records that names share.

using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

internal struct BuilderNode
{
    public ulong Hash;
    public int Parent;
    public int Label;
    public int FirstRecord;
    public int LastRecord;
    public int Shared;
    public byte Depth;
}

internal struct BuilderRecord
{
    public RecordType Type;
    public ushort Length;
    public uint TimeToLive;
    public int Offset;
    public int Next;
}

/// <summary>Records that several names carry.</summary>
internal sealed record SharedRRsets(IReadOnlyList<RecordData> Records, uint TimeToLive);
