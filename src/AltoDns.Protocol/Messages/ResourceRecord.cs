// One record of a message: owner, type, class, TTL and data (RFC 1035 §4.1.3).

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Messages;

/// <summary>A record read from a message or a file, its data decoded.</summary>
/// <param name="TimeToLive">Seconds, 0 to 2^31 - 1 (RFC 2181 §8); of OPT, the four octets as they are.</param>
public readonly record struct ResourceRecord(DomainName Owner, RecordClass Class, uint TimeToLive, RecordData Data)
{
    public RecordType Type => Data.RecordType;

    /// <summary>Reads a record; on failure the reader stays where it was.</summary>
    public static bool TryRead(ref WireReader reader, out ResourceRecord record)
    {
        record = default;
        var attempt = reader;
        if (!attempt.TryReadName(out var owner)
            || !attempt.TryReadUInt16(out var type)
            || !attempt.TryReadUInt16(out var recordClass)
            || !attempt.TryReadUInt32(out var timeToLive)
            || !attempt.TryReadUInt16(out var length)
            || !attempt.TryReadSection(length, out var section)
            || !RecordTypes.TryReadData((RecordType)type, ref section, out var data))
        {
            return false;
        }

        // RFC 2181 §8: a TTL with its top bit set counts as zero; in OPT the field holds flags (RFC 6891 §6.1.3).
        if (timeToLive > Presentation.TimeToLive.Maximum && (RecordType)type != RecordType.OPT)
        {
            timeToLive = 0;
        }

        record = new ResourceRecord(owner, (RecordClass)recordClass, timeToLive, data);
        reader = attempt;
        return true;
    }

    public void Write(ref WireWriter writer)
    {
        writer.WriteName(Owner, RdataName.Verbatim);
        writer.WriteUInt16((ushort)Type);
        writer.WriteUInt16((ushort)Class);
        writer.WriteUInt32(TimeToLive);
        var lengthPosition = writer.Position;
        writer.WriteUInt16(0);
        Data.Write(ref writer);
        if (!writer.Overflowed)
        {
            writer.PatchUInt16(lengthPosition, checked((ushort)(writer.Position - lengthPosition - sizeof(ushort))));
        }
    }

    /// <summary>Presentation form on one line: owner, TTL, class, type, data.</summary>
    public override string ToString() => $"{Owner} {TimeToLive} {Class.Mnemonic()} {Type.Mnemonic()} {Data}";
}
