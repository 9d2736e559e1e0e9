// Compares an answer with what a scenario expects and says what differs, record by record.

using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Testing;

public enum Strictness
{
    /// <summary>Every record expected and no other, RRsets of the answer section in the order of the file.</summary>
    Exact,

    /// <summary>What the RFCs fix: optional records may be missing, a server may add its apex NS RRset and addresses, and cut answers short where it likes.</summary>
    Rfc,
}

public static class AnswerComparer
{
    /// <summary>What differs, a line each, after a line with the question; null where nothing does.</summary>
    public static string? Compare(ScenarioQuestion question, AnswerMessage answer, Strictness strictness)
    {
        var differences = new List<string>();
        var expected = question.Expected;
        CompareEnvelope(question, answer, differences);
        if (strictness == Strictness.Exact || !expected.Flags.HasFlag(MessageFlags.Truncated))
        {
            CompareSection("answer", expected.Answers, answer.Answers, strictness, differences);
            CompareSection("authority", expected.Authority, answer.Authority, strictness, differences);
            CompareSection("additional", expected.Additional, answer.Additional, strictness, differences);
        }

        if (strictness == Strictness.Exact && differences.Count == 0)
        {
            CompareOrder(expected.Answers, answer.Answers, differences);
        }

        return differences.Count == 0 ? null : $"{question}\n{string.Concat(differences.Select(difference => $"    {difference}\n"))}";
    }

    /// <summary>The record on one line, names in lower case: equal records have equal lines (RFC 4343, RFC 4034 §6.2).</summary>
    public static string Line(ResourceRecord record)
    {
        var reader = new WireReader(record.Data.ToWire(canonical: true));
        var data = RecordTypes.TryReadData(record.Type, ref reader, out var folded) ? folded : record.Data;
        return new ResourceRecord(record.Owner.ToLower(), record.Class, record.TimeToLive, data).ToString();
    }

    private static void CompareEnvelope(ScenarioQuestion question, AnswerMessage answer, List<string> differences)
    {
        var flags = answer.Header.Flags & ~MessageFlags.Response;
        Differ("response code", question.Expected.ResponseCode.Mnemonic(), answer.ResponseCode.Mnemonic(), differences);
        Differ("flags", question.Expected.Flags.ToString(), flags.ToString(), differences);

        // RFC 6891 §6.1.1, §7: an answer has an OPT record where the query has one.
        Differ("OPT record", question.UdpPayload is not null ? "present" : "absent", answer.Option is not null ? "present" : "absent", differences);

        // The case of the question comes back as it was sent, which resolvers use against forgery (RFC 5452 §9.1 counts on the question).
        var asked = Convert.ToHexString(question.ToWire(0).AsSpan(MessageHeader.Length, question.Name.Length + 4));
        Differ("question", asked, Convert.ToHexString(answer.Question.Span), differences);
        if (answer.Length > question.MaxAnswerLength)
        {
            differences.Add($"length: expected {question.MaxAnswerLength} octets at most, got {answer.Length}");
        }
    }

    private static void CompareSection(
        string section, IReadOnlyList<ExpectedRecord> expected, IReadOnlyList<ResourceRecord> actual, Strictness strictness, List<string> differences)
    {
        var surplus = actual.GroupBy(Line, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        foreach (var (record, isOptional) in expected)
        {
            var line = Line(record);
            if (surplus.TryGetValue(line, out var count))
            {
                surplus[line] = count - 1;
            }

            if (count == 0 && !(isOptional && strictness == Strictness.Rfc))
            {
                differences.Add($"- {section}: {line}");
            }
        }

        foreach (var record in actual.DistinctBy(Line, StringComparer.Ordinal))
        {
            var line = Line(record);
            if (surplus[line] > 0 && !(strictness == Strictness.Rfc && IsCourtesy(section, record, expected)))
            {
                differences.Add($"+ {section}: {line}{(surplus[line] > 1 ? $" ({surplus[line]} times)" : "")}");
            }
        }
    }

    // RFC 1034 §4.3.2 step 6 leaves useful addresses to the server; RFC 2181 §6.1 knows the apex NS RRset beside an answer.
    private static bool IsCourtesy(string section, ResourceRecord record, IReadOnlyList<ExpectedRecord> expected) =>
        section == "additional" || (section == "authority" && TypeOf(record) == RecordType.NS && !expected.Any(entry => entry.Record.Type is RecordType.NS or RecordType.SOA));

    private static RecordType TypeOf(ResourceRecord record) => record.Data is RrsigData signature ? signature.TypeCovered : record.Type;

    private static void CompareOrder(IReadOnlyList<ExpectedRecord> expected, IReadOnlyList<ResourceRecord> actual, List<string> differences) =>
        Differ("order of the answer section", Order(expected.Select(entry => entry.Record)), Order(actual), differences);

    private static string Order(IEnumerable<ResourceRecord> records)
    {
        var text = new StringBuilder();
        foreach (var (owner, type) in records.Select(record => (record.Owner.ToLower(), record.Type)).Distinct())
        {
            text.Append($"{owner} {type.Mnemonic()}, ");
        }

        return text.ToString().TrimEnd(',', ' ');
    }

    private static void Differ(string what, string expected, string actual, List<string> differences)
    {
        if (!string.Equals(expected, actual, StringComparison.Ordinal))
        {
            differences.Add($"{what}: expected {expected}, got {actual}");
        }
    }
}
