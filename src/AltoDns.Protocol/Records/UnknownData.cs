// Data of a type that AltoDns does not know: opaque octets, served as they are (RFC 3597).

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Opaque data, at most 65,535 octets, written <c>\# length hex</c> (RFC 3597 §5).</summary>
public sealed class UnknownData(RecordType type, byte[] octets) : RecordData
{
    public override RecordType RecordType { get; } = type;

    public ReadOnlyMemory<byte> Octets { get; } = octets;

    public override void Write(ref WireWriter writer) => writer.WriteOctets(Octets.Span);

    public override void Print(RecordTextWriter text)
    {
        text.Word("\\#");
        text.Number((uint)Octets.Length);
        if (!Octets.IsEmpty)
        {
            text.Hex(Octets.Span);
        }
    }
}
