// SOA: the start of a zone, who is responsible for it and how secondaries keep up.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Start of authority (RFC 1035 §3.3.13). Periods are seconds.</summary>
public sealed class SoaData(DomainName primary, DomainName contact, uint serial, uint refresh, uint retry, uint expire, uint minimum)
    : RecordData, IRecordData<SoaData>
{
    public static RecordType Type => RecordType.SOA;

    public override RecordType RecordType => Type;

    /// <summary>MNAME: the server that the zone comes from.</summary>
    public DomainName Primary { get; } = primary;

    /// <summary>RNAME: a mailbox, its local part the first label.</summary>
    public DomainName Contact { get; } = contact;

    /// <summary>Compared by RFC 1982.</summary>
    public uint Serial { get; } = serial;

    public uint Refresh { get; } = refresh;

    public uint Retry { get; } = retry;

    public uint Expire { get; } = expire;

    /// <summary>The upper bound of the TTL of negative answers (RFC 2308 §4).</summary>
    public uint Minimum { get; } = minimum;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out SoaData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadName(out var primary)
            || !attempt.TryReadName(out var contact)
            || !attempt.TryReadUInt32(out var serial)
            || !attempt.TryReadUInt32(out var refresh)
            || !attempt.TryReadUInt32(out var retry)
            || !attempt.TryReadUInt32(out var expire)
            || !attempt.TryReadUInt32(out var minimum))
        {
            return false;
        }

        data = new SoaData(primary, contact, serial, refresh, retry, expire, minimum);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteName(Primary, RdataName.Compressible);
        writer.WriteName(Contact, RdataName.Compressible);
        writer.WriteUInt32(Serial);
        writer.WriteUInt32(Refresh);
        writer.WriteUInt32(Retry);
        writer.WriteUInt32(Expire);
        writer.WriteUInt32(Minimum);
    }

    public static SoaData Parse(ref RecordTextReader text) => new(
        text.ReadName("primary"),
        text.ReadName("contact"),
        text.ReadUInt32("serial"),
        text.ReadPeriod("refresh"),
        text.ReadPeriod("retry"),
        text.ReadPeriod("expire"),
        text.ReadPeriod("minimum"));

    public override void Print(RecordTextWriter text)
    {
        text.Name(Primary);
        text.Name(Contact);
        text.Number(Serial);
        text.Number(Refresh);
        text.Number(Retry);
        text.Number(Expire);
        text.Number(Minimum);
    }
}
