// A DNS UPDATE taken apart: the zone, what has to hold, what is to change (RFC 2136 §2).

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Messages;

/// <summary>A record of the prerequisite or the update section; what it means depends on its class (RFC 2136 §2.4, §2.5).</summary>
/// <param name="TimeToLive">Seconds as they stand in the message, more than 2^31 - 1 included.</param>
/// <param name="Data">Null where RDLENGTH is 0 and the class is ANY or NONE.</param>
public readonly record struct UpdateRecord(DomainName Owner, RecordType Type, RecordClass Class, uint TimeToLive, RecordData? Data);

/// <summary>What became of reading an update.</summary>
public enum UpdateReadOutcome
{
    Read,

    /// <summary>Cut short, no readable data, a zone section that is none, or a second OPT.</summary>
    FormatError,

    /// <summary>An EDNS version above 0 (RFC 6891 §6.1.3).</summary>
    BadVersion,
}

/// <summary>Immutable.</summary>
public sealed class UpdateMessage
{
    private UpdateMessage(MessageHeader header, DomainName zone, RecordClass zoneClass)
    {
        Header = header;
        Zone = zone;
        ZoneClass = zoneClass;
    }

    public MessageHeader Header { get; }

    /// <summary>The apex of the zone to change.</summary>
    public DomainName Zone { get; }

    public RecordClass ZoneClass { get; }

    public IReadOnlyList<UpdateRecord> Prerequisites { get; private init; } = [];

    public IReadOnlyList<UpdateRecord> Updates { get; private init; } = [];

    public bool HasEdns { get; private init; }

    /// <summary>How long the records are to last (RFC 9664); null for as long as nobody removes them.</summary>
    public UpdateLease? Lease { get; private init; }

    /// <summary>Reads a message whose opcode is UPDATE. The additional section is looked through for EDNS alone.</summary>
    public static UpdateReadOutcome Read(ReadOnlySpan<byte> message, out UpdateMessage? update)
    {
        update = null;
        var reader = new WireReader(message);

        // RFC 2136 §3.1.1: exactly one zone, and of type SOA.
        if (!MessageHeader.TryRead(message, out var header)
            || !reader.TryReadOctets(MessageHeader.Length, out _)
            || header.QuestionCount != 1
            || !reader.TryReadName(out var zone)
            || !reader.TryReadUInt16(out var type)
            || !reader.TryReadUInt16(out var zoneClass)
            || (RecordType)type != RecordType.SOA
            || ReadSection(ref reader, header.AnswerCount) is not { } prerequisites
            || ReadSection(ref reader, header.AuthorityCount) is not { } updates)
        {
            return UpdateReadOutcome.FormatError;
        }

        var outcome = ReadAdditional(ref reader, header.AdditionalCount, out var hasEdns, out var lease);
        if (outcome == UpdateReadOutcome.Read)
        {
            update = new UpdateMessage(header, zone, (RecordClass)zoneClass)
            {
                Prerequisites = prerequisites,
                Updates = updates,
                HasEdns = hasEdns,
                Lease = lease,
            };
        }

        return outcome;
    }

    private static List<UpdateRecord>? ReadSection(ref WireReader reader, int count)
    {
        var records = new List<UpdateRecord>(Math.Min(count, 64));
        for (var i = 0; i < count; i++)
        {
            if (!TryReadRecord(ref reader, out var record))
            {
                return null;
            }

            records.Add(record);
        }

        return records;
    }

    private static bool TryReadRecord(ref WireReader reader, out UpdateRecord record)
    {
        record = default;
        if (!reader.TryReadName(out var owner)
            || !reader.TryReadUInt16(out var type)
            || !reader.TryReadUInt16(out var recordClass)
            || !reader.TryReadUInt32(out var timeToLive)
            || !reader.TryReadUInt16(out var length)
            || !reader.TryReadSection(length, out var section))
        {
            return false;
        }

        RecordData? data = null;
        if ((length > 0 || (RecordClass)recordClass is not (RecordClass.Any or RecordClass.None))
            && !RecordTypes.TryReadData((RecordType)type, ref section, out data))
        {
            return false;
        }

        record = new UpdateRecord(owner, (RecordType)type, (RecordClass)recordClass, timeToLive, data);
        return true;
    }

    private static UpdateReadOutcome ReadAdditional(ref WireReader reader, int count, out bool hasEdns, out UpdateLease? lease)
    {
        (hasEdns, lease) = (false, null);
        for (var i = 0; i < count; i++)
        {
            var start = reader;
            if (!reader.TrySkipRecord(out var type))
            {
                return UpdateReadOutcome.FormatError;
            }

            if (type != RecordType.OPT)
            {
                continue;
            }

            if (hasEdns || !OptRecord.TryRead(ref start, out var edns))
            {
                return UpdateReadOutcome.FormatError;
            }

            hasEdns = true;
            if (edns.Version > OptRecord.SupportedVersion)
            {
                return UpdateReadOutcome.BadVersion;
            }

            foreach (var option in edns)
            {
                if (option.Code == EdnsOptionCode.UpdateLease)
                {
                    if (!UpdateLease.TryRead(option.Data, out var read))
                    {
                        return UpdateReadOutcome.FormatError;
                    }

                    lease = read;
                }
            }
        }

        return UpdateReadOutcome.Read;
    }
}
