// dig and kdig against altodns serve, over every transport: what a newcomer sees.

using System.Net.Sockets;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Smoke;

public sealed class SmokeTests(SampleServer samples) : IClassFixture<SampleServer>
{
    /// <summary>Both tools over IPv4 and IPv6, UDP and TCP.</summary>
    public static TheoryData<string, string, string> Ways => new(
        from tool in new[] { "dig", "kdig" }
        from address in new[] { "127.0.0.1", "::1" }
        from transport in new[] { "+notcp", "+tcp" }
        select new TheoryDataRow<string, string, string>(tool, address, transport));

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Samples_answer_as_documented(string tool, string address, string transport)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || address != "::1", "This machine has no IPv6.");
        var faults = new List<string>();
        foreach (var question in SampleQuestion.All)
        {
            var result = await ToolRunner.RunAsync(
                tool, [$"@{address}", "-p", $"{samples.Server.Endpoint.Port}", "+norec", transport, .. question.Arguments]);
            faults.AddRange(Faults(question, DigAnswer.Parse(result)).Select(fault => $"{fault}\n{result}"));
        }

        Assert.True(faults.Count == 0, $"{faults.Count} faults\n{string.Join('\n', faults.Take(5))}");
    }

    private static IEnumerable<string> Faults(SampleQuestion question, DigAnswer answer)
    {
        if (answer.Status != question.Status)
        {
            yield return $"status {answer.Status} in place of {question.Status}";
        }

        var data = answer.Answers.Select(record => record.Type == question.Type ? record.Data : $"{record.Type} {record.Data}");
        if (!data.Order(StringComparer.Ordinal).SequenceEqual(question.Answers.Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            yield return $"answers other than {string.Join(" and ", question.Answers)}";
        }

        if (question.Authority is { } type && (answer.Authority.Count == 0 || answer.Authority.Any(record => record.Type != type)))
        {
            yield return $"authority section other than {type}";
        }

        // RFC 1035 §4.1.1: authority is claimed for what is answered, not for a referral or a refusal.
        var isReferral = question.Authority == "NS" && question.Answers.Count == 0;
        if (answer.Flags.Contains("aa") == (isReferral || question.Status == "REFUSED"))
        {
            yield return "a wrong AA flag";
        }

        if (answer.Flags.Contains("tc") || !answer.Flags.Contains("qr"))
        {
            yield return "wrong flags";
        }
    }
}
