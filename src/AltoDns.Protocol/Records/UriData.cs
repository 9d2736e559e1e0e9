// URI: the URI of a service.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Uniform resource identifier (RFC 7553 §4). The lowest priority is tried first, equals by weight.</summary>
/// <param name="target">The URI, at least one octet, not a character-string: it may exceed 255 octets.</param>
public sealed class UriData(ushort priority, ushort weight, byte[] target) : RecordData, IRecordData<UriData>
{
    public static RecordType Type => RecordType.URI;

    public override RecordType RecordType => Type;

    public ushort Priority { get; } = priority;

    public ushort Weight { get; } = weight;

    public ReadOnlyMemory<byte> Target { get; } = target;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out UriData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var priority) || !attempt.TryReadUInt16(out var weight) || attempt.AtEnd)
        {
            return false;
        }

        data = new UriData(priority, weight, attempt.ReadRest().ToArray());
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt16(Priority);
        writer.WriteUInt16(Weight);
        writer.WriteOctets(Target.Span);
    }

    public static UriData Parse(ref RecordTextReader text)
    {
        var data = new UriData(text.ReadUInt16("priority"), text.ReadUInt16("weight"), text.ReadString("target"));
        if (data.Target.IsEmpty)
        {
            text.Fail("the target is empty; write a URI in quotes (RFC 7553 §4.4)");
        }

        return data;
    }

    public override void Print(RecordTextWriter text)
    {
        text.Number(Priority);
        text.Number(Weight);
        text.CharacterString(Target.Span);
    }
}
