// All records of one owner and type, their data ready to be copied into an answer.

using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>An RRset's entry in a zone (RFC 2181 §5). Its data is a run of records, each a 16-bit length and that many octets, names uncompressed.</summary>
public readonly struct RRset
{
    public RecordType Type { get; internal init; }

    /// <summary>Records, at least 1.</summary>
    public ushort Count { get; internal init; }

    /// <summary>Seconds.</summary>
    public uint TimeToLive { get; internal init; }

    /// <summary>Where the data starts, see <see cref="OctetStore"/>.</summary>
    internal uint Offset { get; init; }

    /// <summary>Octets of the data.</summary>
    internal int Length { get; init; }
}

/// <summary>Where the RRSIG data that covers an RRset is; as long as 0 octets where there is none.</summary>
internal readonly record struct SignatureRun(uint Offset, int Length);

/// <summary>Walks the records of an RRset's data.</summary>
public ref struct RRsetDataEnumerator(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    /// <summary>One record's data, names uncompressed.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(_rest);
        Current = _rest.Slice(sizeof(ushort), length);
        _rest = _rest[(sizeof(ushort) + length)..];
        return true;
    }

    public readonly RRsetDataEnumerator GetEnumerator() => this;
}
