// Takes a request apart: header, one question, EDNS. What cannot be answered is told apart here, once.

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Server.Answering;

/// <summary>What is to be done with a request.</summary>
internal enum ParseOutcome
{
    /// <summary>One well-formed question.</summary>
    Answerable,

    /// <summary>No answer at all: too short for a header, or itself a response.</summary>
    Drop,

    FormatError,

    /// <summary>An opcode that is not served.</summary>
    NotImplemented,

    /// <summary>News of a new version of a zone, which is not taken apart here (RFC 1996).</summary>
    Notify,

    /// <summary>An EDNS version above 0 (RFC 6891 §6.1.3).</summary>
    BadVersion,
}

/// <summary>A request taken apart; spans point into the request.</summary>
internal ref struct ParsedQuery
{
    public MessageHeader Header;

    /// <summary>The name asked for, in wire form, uncompressed, in the client's case.</summary>
    public ReadOnlySpan<byte> Name;

    public RecordType Type;

    public RecordClass Class;

    /// <summary>Octets of the request's question section.</summary>
    public readonly int QuestionLength => Name.Length + 2 * sizeof(ushort);

    public bool HasEdns;

    public OptRecord Edns;

    /// <summary>Where the TSIG record begins, the last of the request; 0 where there is none (RFC 8945 §5.1).</summary>
    public int TsigStart;
}

internal static class QueryParser
{
    /// <summary>Reads a request as NSD does: strict where RFC 9619 and RFC 6891 are, blind to what follows the last record.</summary>
    public static ParseOutcome Parse(ReadOnlySpan<byte> request, out ParsedQuery query)
    {
        query = default;
        if (!MessageHeader.TryRead(request, out query.Header) || (query.Header.Flags & MessageFlags.Response) != 0)
        {
            return ParseOutcome.Drop;
        }

        if (query.Header.Opcode != Opcode.Query)
        {
            return query.Header.Opcode == Opcode.Notify ? ParseOutcome.Notify : ParseOutcome.NotImplemented;
        }

        // RFC 9619 §4: a query has exactly one question. An IXFR carries its SOA in the authority section (RFC 1995 §3).
        if (query.Header.QuestionCount != 1
            || query.Header.ResponseCode != ResponseCode.NoError
            || query.Header.AnswerCount != 0
            || !TryReadQuestion(request, ref query)
            || (query.Header.AuthorityCount != 0 && query.Type != RecordType.IXFR))
        {
            return ParseOutcome.FormatError;
        }

        var reader = new WireReader(request);
        reader.TryReadOctets(MessageHeader.Length + query.QuestionLength, out _);
        for (var i = 0; i < query.Header.AuthorityCount; i++)
        {
            if (!reader.TrySkipRecord(out _))
            {
                return ParseOutcome.FormatError;
            }
        }

        for (var i = 0; i < query.Header.AdditionalCount; i++)
        {
            // RFC 6891 §6.1.1: a second OPT is a format error, and so is any other record in a query but a TSIG at its end.
            if (!query.HasEdns && OptRecord.TryRead(ref reader, out query.Edns))
            {
                query.HasEdns = true;
                continue;
            }

            query.TsigStart = reader.Position;
            if (i < query.Header.AdditionalCount - 1 || !reader.TrySkipRecord(out var type) || type != RecordType.TSIG)
            {
                return ParseOutcome.FormatError;
            }
        }

        return query.HasEdns && query.Edns.Version != 0 ? ParseOutcome.BadVersion : ParseOutcome.Answerable;
    }

    private static bool TryReadQuestion(ReadOnlySpan<byte> request, ref ParsedQuery query)
    {
        // Nothing precedes the question's name, so it has no pointer to follow.
        var length = WireName.Measure(request[MessageHeader.Length..]);
        var reader = new WireReader(request);
        if (length == 0
            || !reader.TryReadOctets(MessageHeader.Length + length, out _)
            || !reader.TryReadUInt16(out var type)
            || !reader.TryReadUInt16(out var recordClass))
        {
            return false;
        }

        query.Name = request.Slice(MessageHeader.Length, length);
        query.Type = (RecordType)type;
        query.Class = (RecordClass)recordClass;
        return true;
    }
}
