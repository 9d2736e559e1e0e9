// The twelve octets that start every DNS message (RFC 1035 §4.1.1).

using System.Buffers.Binary;

namespace AltoDns.Protocol.Messages;

/// <summary>The flag bits of a message, as they stand in its third and fourth octet (RFC 1035 §4.1.1, RFC 4035 §3.1.6 for AD and CD).</summary>
[Flags]
public enum MessageFlags : ushort
{
    None = 0,
    Response = 0x8000,
    Authoritative = 0x0400,
    Truncated = 0x0200,
    RecursionDesired = 0x0100,
    RecursionAvailable = 0x0080,
    AuthenticData = 0x0020,
    CheckingDisabled = 0x0010,
}

/// <summary>ID, flags, opcode, response code and the four section counts.</summary>
/// <param name="Id">Chosen by the client, returned unchanged.</param>
/// <param name="Flags">The flag bits without opcode and response code.</param>
/// <param name="Opcode">The kind of query.</param>
/// <param name="ResponseCode">The low four bits of the response code; EDNS carries the others.</param>
public readonly record struct MessageHeader(
    ushort Id,
    MessageFlags Flags,
    Opcode Opcode,
    ResponseCode ResponseCode,
    ushort QuestionCount,
    ushort AnswerCount,
    ushort AuthorityCount,
    ushort AdditionalCount)
{
    /// <summary>Octets of a header.</summary>
    public const int Length = 12;

    private const ushort OpcodeMask = 0x7800;
    private const int OpcodeShift = 11;
    private const ushort ResponseCodeMask = 0x000F;

    /// <summary>Reads a header from the start of a message; false where fewer than 12 octets are there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out MessageHeader header)
    {
        header = default;
        if (message.Length < Length)
        {
            return false;
        }

        message = message[..Length];
        var bits = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        header = new MessageHeader(
            BinaryPrimitives.ReadUInt16BigEndian(message),
            (MessageFlags)(bits & ~(OpcodeMask | ResponseCodeMask)),
            (Opcode)((bits & OpcodeMask) >> OpcodeShift),
            (ResponseCode)(bits & ResponseCodeMask),
            BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[10..]));
        return true;
    }

    /// <summary>Writes the header at the start of <paramref name="message"/>, which has at least 12 octets.</summary>
    public void Write(Span<byte> message)
    {
        message = message[..Length];
        var bits = (ushort)((ushort)Flags | ((ushort)Opcode << OpcodeShift) | ((ushort)ResponseCode & ResponseCodeMask));
        BinaryPrimitives.WriteUInt16BigEndian(message, Id);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], bits);
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], QuestionCount);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], AnswerCount);
        BinaryPrimitives.WriteUInt16BigEndian(message[8..], AuthorityCount);
        BinaryPrimitives.WriteUInt16BigEndian(message[10..], AdditionalCount);
    }
}
