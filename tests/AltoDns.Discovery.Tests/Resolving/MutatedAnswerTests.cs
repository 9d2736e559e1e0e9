// Every truncation and thousands of mutations of good answers: no exception, and never more work than a good answer makes.

using System.Diagnostics;
using System.Globalization;
using AltoDns.Discovery.Resolving;
using AltoDns.Discovery.Tests.Support;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Tests.Resolving;

public sealed class MutatedAnswerTests
{
    /// <summary>How many mutations; the long run has 1,000,000.</summary>
    public const string CountVariable = "ALTODNS_FUZZ_ANSWERS";

    private const int DefaultCount = 20_000;

    private static readonly DomainName Name = DomainName.Parse("3.100.51.198.in-addr.arpa.");

    private static readonly ZoneAnswers Zone = ZoneAnswers.OfRecords(
    [
        "3.100.51.198.in-addr.arpa. 60 IN CNAME 3.0-26.100.51.198.in-addr.arpa.",
        """3.0-26.100.51.198.in-addr.arpa. 60 IN NAPTR 1 1 "u" "ALTO:https" "!.*!https://a.example/ird!" .""",
        """3.0-26.100.51.198.in-addr.arpa. 60 IN NAPTR 1 2 "s" "ALTO:http:https" "" _alto._tcp.example.""",
        "3.0-26.100.51.198.in-addr.arpa. 60 IN TXT \"v=ALTOKEY1; k=rsa; s=a; h=a.example; p=AAAA\"",
    ]);

    [Fact]
    public void Truncated_answers_are_no_answers()
    {
        var (query, answer) = Exchange();

        for (var length = 0; length < answer.Length; length++)
        {
            var match = ResponseMessage.Read(answer.AsSpan(0, length), query, default, false, out _);
            Assert.Equal(ResponseMatch.Unrelated, match);
        }
    }

    [Fact]
    public void Mutated_answers_do_no_harm()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable(CountVariable), CultureInfo.InvariantCulture, out var number) ? number : DefaultCount;
        var (query, answer) = Exchange();
        var random = new Random(7);
        var clock = Stopwatch.StartNew();
        var read = 0;
        for (var i = 0; i < count; i++)
        {
            var mutated = Mutate(answer, random);
            if (ResponseMessage.Read(mutated, query, default, false, out var response) == ResponseMatch.Answer)
            {
                read++;
                var outcome = AnswerReader.Read(response!, Name, RecordType.NAPTR);
                Assert.True(outcome.Records.Count <= response!.Answers.Count);
            }
        }

        Assert.InRange(read, 1, count - 1);
        Assert.True(clock.Elapsed < TimeSpan.FromMilliseconds(count), $"{clock.Elapsed} for {count}");
    }

    private static (QueryMessage Query, byte[] Answer) Exchange()
    {
        var query = QueryMessage.Create(new AltoDns.Discovery.Resolving.Query(Name, RecordType.NAPTR, false), new QueryForm(true, false, default, 0), 77);
        return (query, Zone.Answer(query.Octets.Span, isTcp: true));
    }

    private static byte[] Mutate(byte[] answer, Random random)
    {
        var mutated = answer.ToArray();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            // The first four octets decide whether it is looked at: mostly they stay.
            var place = random.Next(random.Next(10) == 0 ? 0 : 6, mutated.Length);
            mutated[place] = random.Next(4) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(mutated[place] ^ 1 << random.Next(8)),
                2 => 0xC0,
                _ => 0xFF,
            };
        }

        return random.Next(4) == 0 ? mutated[..random.Next(mutated.Length)] : mutated;
    }
}
