// NSEC: the next name of the zone, and the types at this one.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Proof of what does not exist (RFC 4034 §4). The next name keeps its case in canonical form (RFC 6840 §5.1).</summary>
/// <param name="types">At least one: NSEC and RRSIG are always there.</param>
public sealed class NsecData(DomainName nextName, TypeBitmap types) : RecordData, IRecordData<NsecData>
{
    public static RecordType Type => RecordType.NSEC;

    public override RecordType RecordType => Type;

    public DomainName NextName { get; } = nextName;

    public TypeBitmap Types { get; } = types;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out NsecData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUncompressedName(out var nextName)
            || !TypeBitmap.TryRead(ref attempt, out var types)
            || types.IsEmpty)
        {
            return false;
        }

        data = new NsecData(nextName, types);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteName(NextName, RdataName.Verbatim);
        writer.WriteOctets(Types.Wire);
    }

    public static NsecData Parse(ref RecordTextReader text)
    {
        var data = new NsecData(text.ReadName("next name"), TypeBitmap.Parse(ref text));
        if (data.Types.IsEmpty)
        {
            text.Fail("the types at the name are missing; NSEC itself is one of them (RFC 4034 §4.1.2)");
        }

        return data;
    }

    public override void Print(RecordTextWriter text)
    {
        text.Name(NextName);
        Types.Print(text);
    }
}
