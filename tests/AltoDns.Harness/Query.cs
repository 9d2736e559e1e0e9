// A question with everything a client may vary around it, and its octets.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Harness;

/// <summary>A standard query of class IN.</summary>
/// <param name="Name">As sent, in its case.</param>
public sealed record Query(DomainName Name, RecordType Type)
{
    private const ushort DnssecOkBit = 0x8000;

    public bool RecursionDesired { get; init; }

    /// <summary>The largest answer that the client says it takes by UDP; null: no EDNS (RFC 6891 §6.2.3).</summary>
    public ushort? UdpPayload { get; init; }

    /// <summary>The DO bit (RFC 3225); only with <see cref="UdpPayload"/>.</summary>
    public bool DnssecOk { get; init; }

    /// <summary>The message in wire form.</summary>
    public byte[] ToWire(ushort id)
    {
        var message = new byte[MessageHeader.Length + DomainName.MaxLength + 32];
        var writer = new WireWriter(message);
        writer.WriteOctets(new byte[MessageHeader.Length]);
        new Question(Name, Type, RecordClass.Internet).Write(ref writer);
        if (UdpPayload is { } payload)
        {
            writer.WriteName(DomainName.Root, RdataName.Verbatim);
            writer.WriteUInt16((ushort)RecordType.OPT);
            writer.WriteUInt16(payload);
            writer.WriteUInt32(DnssecOk ? DnssecOkBit : 0u);
            writer.WriteUInt16(0);
        }

        var flags = RecursionDesired ? MessageFlags.RecursionDesired : MessageFlags.None;
        new MessageHeader(id, flags, Opcode.Query, ResponseCode.NoError, 1, 0, 0, (ushort)(UdpPayload is null ? 0 : 1)).Write(message);
        return writer.Written.ToArray();
    }

    /// <summary>As options and arguments of dig.</summary>
    public override string ToString()
    {
        var edns = UdpPayload is { } payload ? $"+bufsize={payload}{(DnssecOk ? " +dnssec" : "")}" : "+noedns";
        return $"{(RecursionDesired ? "+rec" : "+norec")} {edns} '{Name}' {Type.Mnemonic()}";
    }
}
