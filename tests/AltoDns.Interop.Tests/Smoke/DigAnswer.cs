// What dig or kdig printed, taken apart: both print comments after semicolons, then a record on each line.

using System.Text.RegularExpressions;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Smoke;

/// <param name="Status">The RCODE's mnemonic.</param>
/// <param name="Flags">The header's flags in lower case, such as <c>qr aa</c>.</param>
/// <param name="Answers">Records of the answer section.</param>
/// <param name="Authority">Records of the authority section.</param>
internal sealed partial record DigAnswer(string Status, IReadOnlyList<string> Flags, IReadOnlyList<DigRecord> Answers, IReadOnlyList<DigRecord> Authority)
{
    public static DigAnswer Parse(ToolResult result)
    {
        var status = StatusText().Match(result.Output);
        var flags = FlagsText().Match(result.Output);
        Assert.True(result.ExitCode == 0 && status.Success && flags.Success, result.ToString());
        return new DigAnswer(
            status.Groups["status"].Value,
            flags.Groups["flags"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Section(result.Output, "ANSWER SECTION:"),
            Section(result.Output, "AUTHORITY SECTION:"));
    }

    private static List<DigRecord> Section(string output, string heading) =>
    [
        .. output.Split('\n')
            .SkipWhile(line => !line.StartsWith(";;", StringComparison.Ordinal) || !line.EndsWith(heading, StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.Length > 0 && line[0] != ';')
            .Select(line => line.Split((char[]?)null, 5, StringSplitOptions.RemoveEmptyEntries))
            .Select(fields => new DigRecord(fields[3], fields[3] == "TLSA" ? JoinHexadecimal(fields[4]) : fields[4])),
    ];

    // dig breaks long hexadecimal fields up, kdig does not.
    private static string JoinHexadecimal(string data)
    {
        var fields = data.Split(' ', 4);
        return $"{fields[0]} {fields[1]} {fields[2]} {fields[3].Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant()}";
    }

    // dig: ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1", kdig the same with semicolons.
    [GeneratedRegex("status: (?<status>[A-Z]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StatusText();

    // dig: ";; flags: qr aa; QUERY: 1", kdig: ";; Flags: qr aa; QUERY: 1".
    [GeneratedRegex(";; [Ff]lags: (?<flags>[a-z ]*);", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FlagsText();
}

internal sealed record DigRecord(string Type, string Data);
