// A query in wire form with the answer that it has to get, octet by octet where there are records.

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

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

/// <summary>A record of the answer section; its owner and TTL are not looked at.</summary>
internal sealed record ExpectedRecord(RecordType Type, byte[] Data);

/// <param name="Records">Those of the answer section, in any order; null where that is empty.</param>
/// <param name="Authority">How many records the authority section has at least.</param>
internal sealed record ExpectedAnswer(AnswerKind Kind, ResponseCode ResponseCode = ResponseCode.NoError, ExpectedRecord[]? Records = null, int Authority = 0)
{
    private const ushort InternetClass = 1;

    // Type, class, TTL and length of RDATA.
    private const int FixedLength = 10;

    public static ExpectedAnswer Echo { get; } = new(AnswerKind.Echo);

    public static ExpectedAnswer Anything { get; } = new(AnswerKind.Anything);

    /// <summary>Whether a message is the answer to a query: ID, question, response code, the answers' number, types and RDATA.</summary>
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
                    && BinaryPrimitives.ReadUInt32BigEndian(answer[4..]) == (0x1_0000u | (uint)(Records?.Length ?? 0))
                    && BinaryPrimitives.ReadUInt16BigEndian(answer[8..]) >= Authority
                    && answer[MessageHeader.Length..questionEnd].SequenceEqual(query[MessageHeader.Length..questionEnd])
                    && (Records is null || HasRecords(answer[questionEnd..]));
        }
    }

    // The owner is a pointer to the question or is written out; nothing in front of it can be compressed in RDATA.
    private bool HasRecords(ReadOnlySpan<byte> section)
    {
        var found = 0;
        for (var i = 0; i < Records!.Length; i++)
        {
            var start = (section.IsEmpty ? 0 : section[0] >= 0xC0 ? 2 : NameLength(section)) + FixedLength;
            if (section.Length < start || BinaryPrimitives.ReadUInt16BigEndian(section[(start - 2)..]) is var length && section.Length < start + length)
            {
                return false;
            }

            found |= 1 << Find(section.Slice(start - FixedLength, FixedLength), section.Slice(start, length));
            section = section[(start + length)..];
        }

        return found == (1 << Records.Length) - 1;
    }

    private int Find(ReadOnlySpan<byte> head, ReadOnlySpan<byte> data)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(head[2..]) == InternetClass)
        {
            for (var i = 0; i < Records!.Length; i++)
            {
                if ((ushort)Records[i].Type == BinaryPrimitives.ReadUInt16BigEndian(head) && data.SequenceEqual(Records[i].Data))
                {
                    return i;
                }
            }
        }

        return Records!.Length;
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
