// NAPTR: how a name is rewritten into a URI or another name; the record that RFC 8686 looks up.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Naming authority pointer (RFC 3403 §4). Order and preference sort ascending; the strings hold at most 255 octets each.</summary>
public sealed class NaptrData(ushort order, ushort preference, byte[] flags, byte[] services, byte[] regexp, DomainName replacement)
    : RecordData, IRecordData<NaptrData>
{
    public static RecordType Type => RecordType.NAPTR;

    public override RecordType RecordType => Type;

    public ushort Order { get; } = order;

    public ushort Preference { get; } = preference;

    public ReadOnlyMemory<byte> Flags { get; } = flags;

    public ReadOnlyMemory<byte> Services { get; } = services;

    public ReadOnlyMemory<byte> Regexp { get; } = regexp;

    public DomainName Replacement { get; } = replacement;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out NaptrData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var order)
            || !attempt.TryReadUInt16(out var preference)
            || !attempt.TryReadCharacterString(out var flags)
            || !attempt.TryReadCharacterString(out var services)
            || !attempt.TryReadCharacterString(out var regexp)
            || !attempt.TryReadName(out var replacement))
        {
            return false;
        }

        data = new NaptrData(order, preference, flags.ToArray(), services.ToArray(), regexp.ToArray(), replacement);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt16(Order);
        writer.WriteUInt16(Preference);
        writer.WriteCharacterString(Flags.Span);
        writer.WriteCharacterString(Services.Span);
        writer.WriteCharacterString(Regexp.Span);
        writer.WriteName(Replacement, RdataName.Foldable);
    }

    public static NaptrData Parse(ref RecordTextReader text) => new(
        text.ReadUInt16("order"),
        text.ReadUInt16("preference"),
        text.ReadCharacterString("flags"),
        text.ReadCharacterString("services"),
        text.ReadCharacterString("regexp"),
        text.ReadName("replacement"));

    public override void Print(RecordTextWriter text)
    {
        text.Number(Order);
        text.Number(Preference);
        text.CharacterString(Flags.Span);
        text.CharacterString(Services.Span);
        text.CharacterString(Regexp.Span);
        text.Name(Replacement);
    }
}
