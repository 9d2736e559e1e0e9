// Records one after the other, in wire form, without an object for each.

using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>A record whose octets belong to a zone or to a history.</summary>
/// <param name="owner">Uncompressed.</param>
/// <param name="data">Names uncompressed.</param>
public readonly ref struct WireRecord(ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, ReadOnlySpan<byte> data)
{
    public ReadOnlySpan<byte> Owner { get; } = owner;

    public RecordType Type { get; } = type;

    public uint TimeToLive { get; } = timeToLive;

    public ReadOnlySpan<byte> Data { get; } = data;
}

/// <summary>Not safe for several threads.</summary>
public interface IWireRecords
{
    /// <summary>The record at hand, once <see cref="MoveNext"/> has returned true; it holds until that is called again.</summary>
    WireRecord Current { get; }

    /// <summary>False after the last record.</summary>
    bool MoveNext();
}
