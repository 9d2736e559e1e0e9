// The TSIG record: the last of a message, it says who vouches for the others and when (RFC 8945 §4.2).

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

/// <summary>What a server found wrong with a request's TSIG record (RFC 8945 §3); in messages that are not about a fault, none.</summary>
public enum TsigError : ushort
{
    None = 0,

    /// <summary>The MAC is not that of this message and key.</summary>
    BadSignature = 16,

    /// <summary>No such key, or not with this algorithm.</summary>
    BadKey = 17,

    /// <summary>Signed too long ago, or in the future.</summary>
    BadTime = 18,

    /// <summary>The MAC is cut shorter than the key allows.</summary>
    BadTruncation = 22,
}

/// <summary>Whether a message has a TSIG record.</summary>
public enum TsigPresence
{
    Absent,
    Present,

    /// <summary>The message cannot be read, or it has a TSIG record in another place than the last, which is a format error (RFC 8945 §5.1).</summary>
    Malformed,
}

/// <summary>A TSIG record; MAC and other data are left in the message's octets.</summary>
public readonly ref struct TsigRecord
{
    /// <summary>Octets of <see cref="OtherData"/> that tell of the server's time (RFC 8945 §5.2.3).</summary>
    public const int TimeLength = 6;

    // Type, class, TTL, length; time, fudge, MAC size, original ID, error, other length.
    private const int FixedLength = 10 + TimeLength + 5 * sizeof(ushort);

    /// <summary>The record's owner.</summary>
    public required DomainName KeyName { get; init; }

    public required DomainName Algorithm { get; init; }

    /// <summary>Seconds since 1970-01-01T00:00:00Z, 48 bits.</summary>
    public required ulong TimeSigned { get; init; }

    /// <summary>Seconds by which the receiver's clock may differ.</summary>
    public required ushort Fudge { get; init; }

    public ReadOnlySpan<byte> Mac { get; init; }

    /// <summary>The message's ID when it was signed; a forwarder may have changed that of the header.</summary>
    public required ushort OriginalId { get; init; }

    public TsigError Error { get; init; }

    public ReadOnlySpan<byte> OtherData { get; init; }

    /// <summary>Octets of a record without compression.</summary>
    public static int Measure(DomainName keyName, DomainName algorithm, int macLength, int otherLength) =>
        keyName.Length + FixedLength + algorithm.Length + macLength + otherLength;

    /// <summary>Looks for the record in a message of any kind.</summary>
    /// <param name="start">Where it begins: the length of the message without it.</param>
    public static TsigPresence Find(ReadOnlySpan<byte> message, out TsigRecord record, out int start)
    {
        record = default;
        start = 0;
        if (!MessageHeader.TryRead(message, out var header))
        {
            return TsigPresence.Malformed;
        }

        var reader = new WireReader(message);
        reader.TryReadOctets(MessageHeader.Length, out _);
        for (var i = 0; i < header.QuestionCount; i++)
        {
            if (!reader.TrySkipName() || !reader.TryReadOctets(2 * sizeof(ushort), out _))
            {
                return TsigPresence.Malformed;
            }
        }

        var records = header.AnswerCount + header.AuthorityCount + header.AdditionalCount;
        for (var i = 1; i <= records; i++)
        {
            start = reader.Position;
            if (!reader.TrySkipRecord(out var type) || (type == RecordType.TSIG && (i < records || header.AdditionalCount == 0)))
            {
                return TsigPresence.Malformed;
            }

            if (type == RecordType.TSIG)
            {
                var last = new WireReader(message);
                last.TryReadOctets(start, out _);
                return TryRead(ref last, out record) ? TsigPresence.Present : TsigPresence.Malformed;
            }
        }

        return TsigPresence.Absent;
    }

    /// <summary>Reads a TSIG record, its owner included; on failure the reader stays where it was.</summary>
    public static bool TryRead(scoped ref WireReader reader, out TsigRecord record)
    {
        record = default;
        var attempt = reader;
        if (!attempt.TryReadName(out var keyName)
            || !attempt.TryReadUInt16(out var type)
            || type != (ushort)RecordType.TSIG
            || !attempt.TryReadUInt16(out var recordClass)
            || recordClass != (ushort)RecordClass.Any
            || !attempt.TryReadUInt32(out var timeToLive)
            || timeToLive != 0
            || !attempt.TryReadUInt16(out var length))
        {
            return false;
        }

        var end = attempt.Position + length;
        if (!attempt.TryReadName(out var algorithm)
            || !attempt.TryReadUInt16(out var high)
            || !attempt.TryReadUInt32(out var low)
            || !attempt.TryReadUInt16(out var fudge)
            || !attempt.TryReadUInt16(out var macLength)
            || !attempt.TryReadOctets(macLength, out var mac)
            || !attempt.TryReadUInt16(out var originalId)
            || !attempt.TryReadUInt16(out var error)
            || !attempt.TryReadUInt16(out var otherLength)
            || !attempt.TryReadOctets(otherLength, out var otherData)
            || attempt.Position != end)
        {
            return false;
        }

        record = new TsigRecord
        {
            KeyName = keyName,
            Algorithm = algorithm,
            TimeSigned = (ulong)high << 32 | low,
            Fudge = fudge,
            Mac = mac,
            OriginalId = originalId,
            Error = (TsigError)error,
            OtherData = otherData,
        };
        reader = attempt;
        return true;
    }

    /// <summary>Writes the record, its names uncompressed.</summary>
    public void Write(ref WireWriter writer)
    {
        writer.WriteName(KeyName, RdataName.Verbatim);
        writer.WriteUInt16((ushort)RecordType.TSIG);
        writer.WriteUInt16((ushort)RecordClass.Any);
        writer.WriteUInt32(0);
        writer.WriteUInt16(checked((ushort)(Measure(DomainName.Root, Algorithm, Mac.Length, OtherData.Length) - 1 - 10)));
        writer.WriteName(Algorithm, RdataName.Verbatim);
        WriteTime(ref writer, TimeSigned);
        writer.WriteUInt16(Fudge);
        writer.WriteUInt16(checked((ushort)Mac.Length));
        writer.WriteOctets(Mac);
        writer.WriteUInt16(OriginalId);
        writer.WriteUInt16((ushort)Error);
        writer.WriteUInt16(checked((ushort)OtherData.Length));
        writer.WriteOctets(OtherData);
    }

    /// <summary>Appends the record to a message and counts it.</summary>
    /// <param name="buffer">Starts with the message and has room for the record.</param>
    /// <param name="length">Octets of the message.</param>
    /// <returns>Octets of the message with the record.</returns>
    /// <exception cref="ArgumentException">The record does not fit.</exception>
    public int AppendTo(Span<byte> buffer, int length)
    {
        var writer = new WireWriter(buffer[length..]);
        Write(ref writer);
        if (writer.Overflowed)
        {
            throw new ArgumentException("The message leaves no room for its TSIG record.", nameof(buffer));
        }

        var count = buffer[10..MessageHeader.Length];
        BinaryPrimitives.WriteUInt16BigEndian(count, checked((ushort)(BinaryPrimitives.ReadUInt16BigEndian(count) + 1)));
        return length + writer.Position;
    }

    internal static void WriteTime(ref WireWriter writer, ulong time)
    {
        writer.WriteUInt16((ushort)(time >> 32));
        writer.WriteUInt32((uint)time);
    }
}
