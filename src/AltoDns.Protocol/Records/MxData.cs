// MX: where mail for the owner name is delivered.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Mail exchange (RFC 1035 §3.3.9). The lowest preference is tried first; exchange <c>.</c> takes no mail (RFC 7505).</summary>
public sealed class MxData(ushort preference, DomainName exchange) : RecordData, IRecordData<MxData>
{
    public static RecordType Type => RecordType.MX;

    public override RecordType RecordType => Type;

    public ushort Preference { get; } = preference;

    public DomainName Exchange { get; } = exchange;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out MxData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var preference)
            || !attempt.TryReadName(out var exchange))
        {
            return false;
        }

        data = new MxData(preference, exchange);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt16(Preference);
        writer.WriteName(Exchange, RdataName.Compressible);
    }

    public static MxData Parse(ref RecordTextReader text) => new(
        text.ReadUInt16("preference"),
        text.ReadName("exchange"));

    public override void Print(RecordTextWriter text)
    {
        text.Number(Preference);
        text.Name(Exchange);
    }
}
