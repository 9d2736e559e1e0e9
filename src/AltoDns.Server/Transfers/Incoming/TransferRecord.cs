// Reads the records of a transfer: checked, with names uncompressed.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Server.Transfers.Incoming;

/// <summary>One record of class IN; valid until the next is read.</summary>
/// <param name="data">Names uncompressed.</param>
internal readonly ref struct TransferRecord(ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, ReadOnlySpan<byte> data)
{
    private const int AddressLength = sizeof(uint);
    private const int LongAddressLength = 4 * AddressLength;

    // SERIAL, REFRESH, RETRY, EXPIRE and MINIMUM follow the names of an SOA record (RFC 1035 §3.3.13).
    private const int SoaNumbers = 5 * sizeof(uint);

    /// <summary>In wire form.</summary>
    public ReadOnlySpan<byte> Owner { get; } = owner;

    public RecordType Type { get; } = type;

    public uint TimeToLive { get; } = timeToLive;

    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Reads a record; false where it is misshapen, of another class or of a type that no zone has.</summary>
    /// <param name="buffer">Room for a name and 65,535 octets of data.</param>
    public static bool TryRead(ref WireReader reader, byte[] buffer, out TransferRecord record)
    {
        record = default;
        if (!reader.TryReadName(buffer.AsSpan(0, DomainName.MaxLength), out var ownerLength)
            || !reader.TryReadUInt16(out var typeValue)
            || !reader.TryReadUInt16(out var recordClass)
            || !reader.TryReadUInt32(out var timeToLive)
            || !reader.TryReadUInt16(out var length)
            || !reader.TryReadSection(length, out var data)
            || recordClass != (ushort)RecordClass.Internet
            || ((RecordType)typeValue).IsMeta()
            || !TryReadData((RecordType)typeValue, ref data, buffer.AsSpan(DomainName.MaxLength), out var written))
        {
            return false;
        }

        // RFC 2181 §8: a TTL with the highest bit set is 0.
        record = new TransferRecord(
            buffer.AsSpan(0, ownerLength),
            (RecordType)typeValue,
            timeToLive > Protocol.Presentation.TimeToLive.Maximum ? 0 : timeToLive,
            buffer.AsSpan(DomainName.MaxLength, written));
        return true;
    }

    // The types that most zones are made of are read without a detour over their objects.
    private static bool TryReadData(RecordType type, ref WireReader data, Span<byte> buffer, out int length)
    {
        length = 0;
        switch (type)
        {
            case RecordType.A:
                return data.Remaining == AddressLength && Copy(ref data, buffer, ref length);
            case RecordType.AAAA:
                return data.Remaining == LongAddressLength && Copy(ref data, buffer, ref length);
            case RecordType.TXT:
                return AreStrings(data) && Copy(ref data, buffer, ref length);
            case RecordType.NS or RecordType.PTR or RecordType.CNAME:
                return TryReadName(ref data, buffer, ref length) && data.AtEnd;
            case RecordType.SOA:
                return TryReadName(ref data, buffer, ref length)
                    && TryReadName(ref data, buffer, ref length)
                    && data.Remaining == SoaNumbers
                    && Copy(ref data, buffer, ref length);
            default:
                if (!RecordTypes.TryReadData(type, ref data, out var decoded))
                {
                    return false;
                }

                // With its names uncompressed the data may be too long for any record.
                var writer = new WireWriter(buffer);
                decoded.Write(ref writer);
                length = writer.Position;
                return !writer.Overflowed;
        }
    }

    private static bool TryReadName(ref WireReader data, scoped Span<byte> buffer, ref int length)
    {
        // The longest names of the longest data with names fit.
        var isRead = data.TryReadName(buffer.Slice(length, DomainName.MaxLength), out var name);
        length += name;
        return isRead;
    }

    private static bool AreStrings(WireReader data)
    {
        do
        {
            if (!data.TryReadCharacterString(out _))
            {
                return false;
            }
        }
        while (!data.AtEnd);
        return true;
    }

    private static bool Copy(ref WireReader data, scoped Span<byte> buffer, ref int length)
    {
        var rest = data.ReadRest();
        rest.CopyTo(buffer[length..]);
        length += rest.Length;
        return true;
    }
}
