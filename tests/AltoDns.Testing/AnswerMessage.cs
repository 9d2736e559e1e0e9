// An answer taken apart strictly: what does not parse to its last octet is no answer.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Testing;

/// <summary>One message that a server sent, its OPT record taken out of the additional section.</summary>
/// <param name="ResponseCode">With the upper bits that EDNS carries (RFC 6891 §6.1.3).</param>
/// <param name="Question">The octets of the question section, which is the query's own.</param>
/// <param name="Option">The OPT record: its class is the payload size, its TTL the flags; null where there is none.</param>
/// <param name="Length">Octets on the wire.</param>
public sealed record AnswerMessage(
    MessageHeader Header,
    ResponseCode ResponseCode,
    ReadOnlyMemory<byte> Question,
    IReadOnlyList<ResourceRecord> Answers,
    IReadOnlyList<ResourceRecord> Authority,
    IReadOnlyList<ResourceRecord> Additional,
    ResourceRecord? Option,
    int Length)
{
    public bool IsTruncated => Header.Flags.HasFlag(MessageFlags.Truncated);

    /// <exception cref="FormatException">The octets are not one well-formed response with at most one question and one OPT record.</exception>
    public static AnswerMessage Parse(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        if (!MessageHeader.TryRead(message, out var header) || !reader.TryReadOctets(MessageHeader.Length, out _))
        {
            throw Malformed("header", message);
        }

        if (!header.Flags.HasFlag(MessageFlags.Response) || header.QuestionCount > 1)
        {
            throw Malformed("header: no response, or several questions", message);
        }

        if (header.QuestionCount == 1 && !Protocol.Messages.Question.TryRead(ref reader, out _))
        {
            throw Malformed("question", message);
        }

        var question = message[MessageHeader.Length..reader.Position].ToArray();
        var answers = ReadSection(ref reader, header.AnswerCount, "answer section", message);
        var authority = ReadSection(ref reader, header.AuthorityCount, "authority section", message);
        var additional = ReadSection(ref reader, header.AdditionalCount, "additional section", message);
        if (!reader.AtEnd)
        {
            throw Malformed("end: octets are left over", message);
        }

        var options = additional.Where(record => record.Type == RecordType.OPT).ToList();
        if (options.Count > 1)
        {
            throw Malformed("additional section: two OPT records", message);
        }

        ResourceRecord? option = options.Count == 1 ? options[0] : null;
        var upperBits = (option?.TimeToLive ?? 0) >> 24;
        var code = (ResponseCode)((ushort)header.ResponseCode | upperBits << 4);
        additional.RemoveAll(record => record.Type == RecordType.OPT);
        return new AnswerMessage(header, code, question, answers, authority, additional, option, message.Length);
    }

    // Pointers that do not lead backwards are refused by the reader (RFC 1035 §4.1.4).
    private static List<ResourceRecord> ReadSection(ref WireReader reader, int count, string section, ReadOnlySpan<byte> message)
    {
        var records = new List<ResourceRecord>();
        while (records.Count < count)
        {
            records.Add(ResourceRecord.TryRead(ref reader, out var record) ? record : throw Malformed(section, message));
        }

        return records;
    }

    private static FormatException Malformed(string place, ReadOnlySpan<byte> message) =>
        new($"Malformed answer at its {place}: {Convert.ToHexString(message)}");
}
