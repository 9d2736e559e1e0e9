// A query in wire form with the answer that it has to get, octet by octet where there are records.

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;

namespace AltoDns.Benchmarks.Traffic;

/// <summary>A query whose ID the load sets.</summary>
internal sealed record ExpectedQuery(byte[] Message, ExpectedAnswer Answer);

internal enum AnswerKind
{
    /// <summary>A response with the question, the response code, and the records expected.</summary>
    Response,

    /// <summary>The query itself, as the echo server sends it back.</summary>
    Echo,

    /// <summary>An error, a refusal or silence: what garbage gets.</summary>
    Anything,
}

/// <param name="Data">The RDATA of the one record in the answer section; null where that is empty.</param>
internal sealed record ExpectedAnswer(AnswerKind Kind, ResponseCode ResponseCode = ResponseCode.NoError, byte[]? Data = null)
{
    // Type, class, TTL and length of RDATA.
    private const int FixedLength = 10;

    public static ExpectedAnswer Echo { get; } = new(AnswerKind.Echo);

    public static ExpectedAnswer Anything { get; } = new(AnswerKind.Anything);

    /// <summary>Whether a message is the answer to a query: ID, question, response code, number of answers and RDATA.</summary>
    public bool IsMet(ReadOnlySpan<byte> query, ReadOnlySpan<byte> answer)
    {
        switch (Kind)
        {
            case AnswerKind.Anything:
                return true;
            case AnswerKind.Echo:
                return answer.SequenceEqual(query);
            default:
                var questionEnd = QuestionEnd(query);
                return answer.Length >= questionEnd
                    && (answer[2] & 0x80) != 0
                    && (answer[3] & 0x0F) == (int)ResponseCode
                    && BinaryPrimitives.ReadUInt32BigEndian(answer[4..]) == (0x1_0000u | (Data is null ? 0u : 1u))
                    && answer[MessageHeader.Length..questionEnd].SequenceEqual(query[MessageHeader.Length..questionEnd])
                    && (Data is null || HasData(answer[questionEnd..], query[(questionEnd - 4)..questionEnd]));
        }
    }

    // The owner is a pointer to the question or is written out; nothing in front of it can be compressed in RDATA.
    private bool HasData(ReadOnlySpan<byte> record, ReadOnlySpan<byte> typeAndClass)
    {
        var start = (record.IsEmpty ? 0 : record[0] >= 0xC0 ? 2 : NameLength(record)) + FixedLength;
        return record.Length >= start + Data!.Length
            && record.Slice(start - FixedLength, typeAndClass.Length).SequenceEqual(typeAndClass)
            && BinaryPrimitives.ReadUInt16BigEndian(record[(start - 2)..]) == Data.Length
            && record.Slice(start, Data.Length).SequenceEqual(Data);
    }

    private static int QuestionEnd(ReadOnlySpan<byte> query) => MessageHeader.Length + NameLength(query[MessageHeader.Length..]) + 4;

    private static int NameLength(ReadOnlySpan<byte> name)
    {
        var length = 1;
        while (length <= name.Length && name[length - 1] != 0)
        {
            length += name[length - 1] + 1;
        }

        return length;
    }
}
