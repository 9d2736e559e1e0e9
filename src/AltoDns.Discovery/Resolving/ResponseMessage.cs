// A response, read from octets that anybody may have sent.

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;

namespace AltoDns.Discovery.Resolving;

/// <summary>How octets that arrived relate to a query.</summary>
internal enum ResponseMatch
{
    /// <summary>It answers the query.</summary>
    Answer,

    /// <summary>It is about something else, or no message: as if it had not arrived (RFC 5452 §9.1).</summary>
    Unrelated,

    /// <summary>ID and name fit, but not the letters' case or the cookie: a forgery, or a server that keeps neither. TCP will tell.</summary>
    Doubtful,
}

/// <summary>Header, answer and authority section, and what the OPT record says. Other additional records are of no use to a stub.</summary>
internal sealed class ResponseMessage
{
    private ResponseMessage()
    {
    }

    public MessageFlags Flags { get; private init; }

    /// <summary>With the upper bits that EDNS carries.</summary>
    public ResponseCode ResponseCode { get; private init; }

    public IReadOnlyList<ResourceRecord> Answers { get; private init; } = [];

    public IReadOnlyList<ResourceRecord> Authority { get; private init; } = [];

    public bool HasEdns { get; private init; }

    /// <summary>The COOKIE option's data, client cookie first; empty where there is none.</summary>
    public byte[] Cookie { get; private init; } = [];

    /// <summary>The first extended error (RFC 8914), with its number; null where there is none.</summary>
    public string? ExtendedError { get; private init; }

    public bool IsTruncated => Flags.HasFlag(MessageFlags.Truncated);

    public bool IsAuthenticData => Flags.HasFlag(MessageFlags.AuthenticData);

    /// <summary>Checks octets against a query, and reads them where they answer it.</summary>
    /// <param name="sentCookie">What the query's COOKIE option had; empty for none.</param>
    /// <param name="expectsCookie">Whether the server has sent cookies before, so that an answer without one is not its own (RFC 7873 §5.3).</param>
    public static ResponseMatch Read(
        ReadOnlySpan<byte> octets, QueryMessage query, ReadOnlySpan<byte> sentCookie, bool expectsCookie, out ResponseMessage? response)
    {
        response = null;
        if (!MessageHeader.TryRead(octets, out var header)
            || header.Id != query.Id
            || !header.Flags.HasFlag(MessageFlags.Response)
            || header.Opcode != Opcode.Query)
        {
            return ResponseMatch.Unrelated;
        }

        var question = query.Question;
        var rest = octets[MessageHeader.Length..];

        // A server that cannot read a query may answer without the question.
        var lacksQuestion = header.QuestionCount == 0 && header.ResponseCode is ResponseCode.FormatError or ResponseCode.NotImplemented;
        if (header.QuestionCount != 1 ? !lacksQuestion : rest.Length < question.Length || !EqualsIgnoreCase(rest[..question.Length], question))
        {
            return ResponseMatch.Unrelated;
        }

        if (header.QuestionCount == 1 && !rest[..question.Length].SequenceEqual(question))
        {
            return ResponseMatch.Doubtful;
        }

        var reader = new WireReader(octets);
        reader.TryReadOctets(MessageHeader.Length + (header.QuestionCount == 1 ? question.Length : 0), out _);
        if (!TryReadBody(ref reader, header, out response))
        {
            // A truncated message may end anywhere; what counts is that it is (RFC 2181 §9).
            if (!header.Flags.HasFlag(MessageFlags.Truncated))
            {
                return ResponseMatch.Unrelated;
            }

            response = new ResponseMessage { Flags = header.Flags, ResponseCode = header.ResponseCode };
        }

        return HasRightCookie(response!, sentCookie, expectsCookie) ? ResponseMatch.Answer : ResponseMatch.Doubtful;
    }

    // RFC 7873 §5.3: another client cookie is not an answer to us.
    private static bool HasRightCookie(ResponseMessage response, ReadOnlySpan<byte> sentCookie, bool expectsCookie)
    {
        if (sentCookie.IsEmpty)
        {
            return true;
        }

        return response.Cookie.Length == 0
            ? !expectsCookie
            : ServerCookie.IsWellFormed(response.Cookie) && response.Cookie.AsSpan(0, ServerCookie.ClientLength).SequenceEqual(sentCookie[..ServerCookie.ClientLength]);
    }

    private static bool TryReadBody(ref WireReader reader, in MessageHeader header, out ResponseMessage? response)
    {
        response = null;
        if (!TryReadSection(ref reader, header.AnswerCount, out var answers) || !TryReadSection(ref reader, header.AuthorityCount, out var authority))
        {
            return false;
        }

        var extended = 0;
        var hasEdns = false;
        byte[] cookie = [];
        string? error = null;
        for (var i = 0; i < header.AdditionalCount; i++)
        {
            if (OptRecord.TryRead(ref reader, out var option))
            {
                if (hasEdns)
                {
                    return false; // RFC 6891 §6.1.1: there is one at most
                }

                hasEdns = true;
                extended = option.ExtendedResponseCode << 4;
                ReadOptions(option, ref cookie, ref error);
            }
            else if (!TrySkipRecord(ref reader))
            {
                return false;
            }
        }

        response = new ResponseMessage
        {
            Flags = header.Flags,
            ResponseCode = (ResponseCode)(extended | (int)header.ResponseCode),
            Answers = answers,
            Authority = authority,
            HasEdns = hasEdns,
            Cookie = cookie,
            ExtendedError = error,
        };
        return true;
    }

    private static void ReadOptions(in OptRecord option, ref byte[] cookie, ref string? error)
    {
        foreach (var item in option)
        {
            if (item.Code == EdnsOptionCode.Cookie && cookie.Length == 0)
            {
                cookie = item.Data.ToArray();
            }
            else if (item.Code == EdnsOptionCode.ExtendedError && item.Data.Length >= sizeof(ushort) && error is null)
            {
                var code = (ExtendedErrorCode)(item.Data[0] << 8 | item.Data[1]);
                error = Enum.IsDefined(code) ? $"{code} ({(ushort)code})" : $"extended error {(ushort)code}";
            }
        }
    }

    private static bool TryReadSection(ref WireReader reader, int count, out List<ResourceRecord> records)
    {
        // The count is a stranger's: memory is only taken for what is there.
        records = new List<ResourceRecord>(Math.Min(count, reader.Remaining / OptRecord.MinLength));
        for (var i = 0; i < count; i++)
        {
            if (ResourceRecord.TryRead(ref reader, out var record))
            {
                if (record.Class == RecordClass.Internet)
                {
                    records.Add(record);
                }
            }
            else if (!TrySkipRecord(ref reader))
            {
                return false;
            }
        }

        return true;
    }

    // A record whose data does not have its type's shape is left out; the others are still of use.
    private static bool TrySkipRecord(ref WireReader reader) =>
        reader.TryReadName(out _)
        && reader.TryReadUInt32(out _)
        && reader.TryReadUInt32(out _)
        && reader.TryReadUInt16(out var length)
        && reader.TryReadOctets(length, out _);

    private static bool EqualsIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        WireName.EqualsIgnoreCase(left[..^4], right[..^4]) && left[^4..].SequenceEqual(right[^4..]);
}
