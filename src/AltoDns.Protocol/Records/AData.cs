// A: an IPv4 address.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Host address (RFC 1035 §3.4.1). The first octet is the most significant of <paramref name="address"/>.</summary>
public sealed class AData(uint address) : RecordData, IRecordData<AData>
{
    public static RecordType Type => RecordType.A;

    public override RecordType RecordType => Type;

    public uint Address { get; } = address;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out AData? data)
    {
        data = reader.TryReadUInt32(out var address) ? new AData(address) : null;
        return data is not null;
    }

    public override void Write(ref WireWriter writer) => writer.WriteUInt32(Address);

    public static AData Parse(ref RecordTextReader text) => new(text.ReadIPv4Address("address"));

    public override void Print(RecordTextWriter text) => text.IPv4Address(Address);
}
