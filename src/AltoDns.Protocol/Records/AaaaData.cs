// AAAA: an IPv6 address.

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Host address (RFC 3596 §2.1). The first octet is the most significant of <paramref name="address"/>.</summary>
public sealed class AaaaData(UInt128 address) : RecordData, IRecordData<AaaaData>
{
    private const int Octets = 16;

    public static RecordType Type => RecordType.AAAA;

    public override RecordType RecordType => Type;

    public UInt128 Address { get; } = address;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out AaaaData? data)
    {
        data = reader.TryReadOctets(Octets, out var octets) ? new AaaaData(BinaryPrimitives.ReadUInt128BigEndian(octets)) : null;
        return data is not null;
    }

    public override void Write(ref WireWriter writer)
    {
        Span<byte> octets = stackalloc byte[Octets];
        BinaryPrimitives.WriteUInt128BigEndian(octets, Address);
        writer.WriteOctets(octets);
    }

    public static AaaaData Parse(ref RecordTextReader text) => new(text.ReadIPv6Address("address"));

    public override void Print(RecordTextWriter text) => text.IPv6Address(Address);
}
