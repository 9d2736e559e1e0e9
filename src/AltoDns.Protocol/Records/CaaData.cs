// CAA: which certification authorities may issue for the owner name.

using System.Diagnostics.CodeAnalysis;
using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Certification authority authorization (RFC 8659 §4.1).</summary>
/// <param name="tag">1 to 255 ASCII letters and digits.</param>
/// <param name="value">Any octets, possibly none.</param>
public sealed class CaaData(byte flags, byte[] tag, byte[] value) : RecordData, IRecordData<CaaData>
{
    public static RecordType Type => RecordType.CAA;

    public override RecordType RecordType => Type;

    /// <summary>128: an authority that does not understand the tag must not issue.</summary>
    public byte Flags { get; } = flags;

    public ReadOnlyMemory<byte> Tag { get; } = tag;

    public ReadOnlyMemory<byte> Value { get; } = value;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out CaaData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt8(out var flags) || !attempt.TryReadCharacterString(out var tag) || !IsValidTag(tag))
        {
            return false;
        }

        data = new CaaData(flags, tag.ToArray(), attempt.ReadRest().ToArray());
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt8(Flags);
        writer.WriteCharacterString(Tag.Span);
        writer.WriteOctets(Value.Span);
    }

    public static CaaData Parse(ref RecordTextReader text)
    {
        var flags = text.ReadUInt8("flags");
        var tag = text.ReadCharacterString("tag");
        if (!IsValidTag(tag))
        {
            text.Fail($"the tag '{RecordTextReader.Quote(tag)}' is malformed; write letters and digits alone (RFC 8659 §4.1)");
        }

        return new CaaData(flags, tag, text.ReadString("value"));
    }

    public override void Print(RecordTextWriter text)
    {
        text.Number(Flags);
        text.Word(Encoding.ASCII.GetString(Tag.Span));
        text.CharacterString(Value.Span);
    }

    private static bool IsValidTag(ReadOnlySpan<byte> tag)
    {
        foreach (var octet in tag)
        {
            if (!char.IsAsciiLetterOrDigit((char)octet))
            {
                return false;
            }
        }

        return !tag.IsEmpty;
    }
}
