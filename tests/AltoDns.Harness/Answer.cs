// A whole answer, decoded strictly: what does not parse to its last octet is no answer.

using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Harness;

/// <summary>One message that a server sent, its OPT record taken out of the additional section.</summary>
/// <param name="ResponseCode">With the upper bits that EDNS carries (RFC 6891 §6.1.3).</param>
/// <param name="Option">The OPT record: its class is the payload size, its TTL the flags; null where there is none.</param>
/// <param name="Length">Octets on the wire.</param>
public sealed record Answer(
    MessageHeader Header,
    ResponseCode ResponseCode,
    Question? Question,
    IReadOnlyList<ResourceRecord> Answers,
    IReadOnlyList<ResourceRecord> Authority,
    IReadOnlyList<ResourceRecord> Additional,
    ResourceRecord? Option,
    int Length)
{
    public bool IsAuthoritative => Header.Flags.HasFlag(MessageFlags.Authoritative);

    public bool IsTruncated => Header.Flags.HasFlag(MessageFlags.Truncated);

    /// <exception cref="FormatException">The octets are not one well-formed message.</exception>
    public static Answer Parse(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        if (!MessageHeader.TryRead(message, out var header)
            || !reader.TryReadOctets(MessageHeader.Length, out _)
            || header.QuestionCount > 1)
        {
            throw Malformed("header", message);
        }

        Question? question = null;
        if (header.QuestionCount == 1)
        {
            question = Protocol.Messages.Question.TryRead(ref reader, out var asked) ? asked : throw Malformed("question", message);
        }

        var answers = ReadSection(ref reader, header.AnswerCount, "answer section", message);
        var authority = ReadSection(ref reader, header.AuthorityCount, "authority section", message);
        var additional = ReadSection(ref reader, header.AdditionalCount, "additional section", message);
        if (!reader.AtEnd)
        {
            throw Malformed("end: octets are left over", message);
        }

        var options = additional.Where(record => record.Type == RecordType.OPT).ToList();
        ResourceRecord? option = options.Count switch
        {
            0 => null,
            1 => options[0],
            _ => throw Malformed("additional section: two OPT records", message),
        };
        var upperBits = (option?.TimeToLive ?? 0) >> 20 & 0xFF0;
        var code = (ResponseCode)((uint)header.ResponseCode | upperBits);
        additional.RemoveAll(record => record.Type == RecordType.OPT);
        return new Answer(header, code, question, answers, authority, additional, option, message.Length);
    }

    /// <summary>Presentation form, as dig prints it but shorter.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append($"{ResponseCode.Mnemonic()} {Header.Flags} {Length} octets\n");
        Append(text, "answer", Answers);
        Append(text, "authority", Authority);
        Append(text, "additional", Additional);
        return text.ToString();
    }

    private static List<ResourceRecord> ReadSection(ref WireReader reader, int count, string section, ReadOnlySpan<byte> message)
    {
        var records = new List<ResourceRecord>();
        while (records.Count < count)
        {
            records.Add(ResourceRecord.TryRead(ref reader, out var record) ? record : throw Malformed(section, message));
        }

        return records;
    }

    private static void Append(StringBuilder text, string section, IReadOnlyList<ResourceRecord> records)
    {
        foreach (var record in records)
        {
            text.Append($"  {section}: {record}\n");
        }
    }

    private static FormatException Malformed(string place, ReadOnlySpan<byte> message) =>
        new($"Malformed answer at its {place}: {Convert.ToHexString(message)}");
}
