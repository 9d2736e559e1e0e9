// Packs the records of a transfer into messages, each as full as name compression allows.

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Transfers.Outgoing;

/// <summary>What all messages of a transfer have in common.</summary>
/// <param name="Header">Of the request.</param>
/// <param name="Question">The request's question section.</param>
/// <param name="PayloadSize">What EDNS says that we take over UDP; null where the request has no EDNS.</param>
internal sealed record TransferStart(MessageHeader Header, byte[] Question, ushort? PayloadSize);

/// <summary>Not safe for several threads.</summary>
/// <param name="tsig">Signs each message; null for none.</param>
internal sealed class TransferMessages(IWireRecords records, TransferStart start, TsigResponder? tsig)
{
    // No pointer reaches further, so that a longer message would be larger than two.
    private const int FullLength = 0x4000;

    private readonly NameTable _names = new();
    private bool _isBegun;
    private bool _hasRecord;

    // Where the owner of the record before begins in the message; 0 where that is in another.
    private int _lastOwner;
    private readonly byte[] _lastName = new byte[DomainName.MaxLength];
    private int _lastNameLength;
    private RecordType _lastType;
    private CompressibleNames _lastTypeNames;

    public long Records { get; private set; }

    /// <summary>Whether all records have been written.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Writes the next message.</summary>
    /// <param name="response">As long as the message may get at most; one record more than the usual length may need it all.</param>
    /// <returns>Octets written; 0 after the last message, or where not even one record fits.</returns>
    /// <param name="unixTime">Seconds since 1970-01-01T00:00:00Z.</param>
    public int Next(Span<byte> response, uint unixTime)
    {
        if (!_isBegun)
        {
            _hasRecord = records.MoveNext();
        }

        if (!_hasRecord)
        {
            return 0;
        }

        var reserved = tsig?.RecordLength ?? 0;
        var length = Write(response[..Math.Min(FullLength, response.Length)], reserved);
        if (length == 0 && response.Length > FullLength)
        {
            length = Write(response, reserved);
        }

        _isBegun |= length > 0;
        IsComplete = !_hasRecord;
        return length == 0 || tsig is null ? length : tsig.Sign(response, length, unixTime);
    }

    private int Write(Span<byte> response, int reserved)
    {
        // RFC 5936 §2.2.1, §2.2.5: question and OPT are needed in the first message only.
        var optLength = _isBegun || start.PayloadSize is null ? 0 : OptRecord.MinLength;
        var writer = new WireWriter(response[..^(reserved + optLength)]);
        _names.Reset();
        _lastOwner = 0;
        writer.WriteOctets(response[..MessageHeader.Length]);
        if (!_isBegun)
        {
            writer.WriteOctets(start.Question);
            _names.Remember(start.Question.AsSpan(0, start.Question.Length - 2 * sizeof(ushort)), MessageHeader.Length);
        }

        ushort count = 0;
        while (_hasRecord && count < ushort.MaxValue)
        {
            var position = writer.Position;
            WriteRecord(ref writer, records.Current);
            if (writer.Overflowed)
            {
                writer.Rewind(position);
                break;
            }

            count++;
            _hasRecord = records.MoveNext();
        }

        if (count == 0)
        {
            return 0;
        }

        Records += count;
        var length = writer.Position;
        if (optLength > 0)
        {
            var tail = new WireWriter(response[length..]);
            new OptRecord { UdpPayloadSize = start.PayloadSize!.Value }.Write(ref tail);
            length += tail.Position;
        }

        var flags = MessageFlags.Response | MessageFlags.Authoritative | (start.Header.Flags & MessageFlags.RecursionDesired);
        new MessageHeader(
            start.Header.Id, flags, Opcode.Query, ResponseCode.NoError, _isBegun ? (ushort)0 : (ushort)1, count, 0, optLength > 0 ? (ushort)1 : (ushort)0).Write(response);
        return length;
    }

    private void WriteRecord(ref WireWriter writer, in WireRecord record)
    {
        WriteOwner(ref writer, record.Owner);
        writer.WriteUInt64((ulong)record.Type << 48 | (ulong)RecordClass.Internet << 32 | record.TimeToLive);
        var lengthPosition = writer.Position;
        writer.WriteUInt16((ushort)record.Data.Length);
        var names = NamesOf(record.Type);
        if (names.Count == 0)
        {
            writer.WriteOctets(record.Data);
            return;
        }

        var data = record.Data;
        writer.WriteOctets(data[..names.Offset]);
        data = data[names.Offset..];
        for (var i = 0; i < names.Count; i++)
        {
            var length = WireName.Measure(data);
            _names.Write(ref writer, data[..length], series: 1);
            data = data[length..];
        }

        writer.WriteOctets(data);
        if (!writer.Overflowed)
        {
            writer.PatchUInt16(lengthPosition, (ushort)(writer.Position - lengthPosition - sizeof(ushort)));
        }
    }

    // One type mostly follows the same.
    private CompressibleNames NamesOf(RecordType type)
    {
        if (type != _lastType)
        {
            (_lastType, _lastTypeNames) = (type, RecordTypes.NamesToCompress(type));
        }

        return _lastTypeNames;
    }

    // The records of one owner follow each other, so that most owners are two octets without a look at the table.
    private void WriteOwner(ref WireWriter writer, ReadOnlySpan<byte> owner)
    {
        if (_lastOwner > 0 && owner.SequenceEqual(_lastName.AsSpan(0, _lastNameLength)))
        {
            writer.WriteUInt16((ushort)(0xC000 | _lastOwner));
            return;
        }

        var position = writer.Position;
        _names.Write(ref writer, owner, series: 0);
        if (writer.Overflowed)
        {
            return;
        }

        // A pointer leads to where the name stands; one to a pointer would be refused by some.
        var first = writer.Written[position];
        _lastOwner = first >= 0xC0 ? (first & 0x3F) << 8 | writer.Written[position + 1]
            : first == 0 || position >= 0x4000 ? 0
            : position;
        owner.CopyTo(_lastName);
        _lastNameLength = owner.Length;
    }
}
