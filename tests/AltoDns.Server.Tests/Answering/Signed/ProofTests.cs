// Every answer from a signed zone is one that a validator could believe; every answer from a badly signed one comes.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Testing;
using AltoDns.Testing.Proofs;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Server.Tests.Answering.Signed;

public sealed class ProofTests
{
    private const int Zones = 50;
    private const int QuestionsPerZone = 60;

    private static readonly RecordType[] Types =
        [RecordType.A, RecordType.PTR, RecordType.NS, RecordType.DS, RecordType.CNAME, RecordType.DNAME, RecordType.MX, RecordType.ANY, RecordType.SOA];

    public static TheoryData<string> Chains { get; } = new(Enum.GetNames<ChainKind>());

    [Theory]
    [MemberData(nameof(Chains))]
    public void Proves_whatever_it_denies(string chain)
    {
        var denials = 0;
        ForRandomZones(chain, holes: 0, (zone, question, answer) =>
        {
            var fault = ProofChecker.FindFault(question.Name, question.Type, answer.ResponseCode, answer.Answers, answer.Authority);
            if (fault is not null)
            {
                using var text = new StringWriter();
                ZoneExporter.Write(zone, text);
                Assert.Fail($"{question}: {fault}\n{string.Join('\n', answer.Answers)}\n--\n{string.Join('\n', answer.Authority)}\n--\n{text}");
            }

            denials += answer.Authority.Any(record => record.Type is RecordType.NSEC or RecordType.NSEC3) ? 1 : 0;
        });

        // A checker that finds nothing to check would agree with everything.
        Assert.True(denials > Zones * QuestionsPerZone / 4, $"Only {denials} answers deny something.");
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public void Gives_no_proof_twice(string chain) => ForRandomZones(chain, holes: 0, (_, question, answer) =>
    {
        var lines = answer.Authority.Select(AnswerComparer.Line).ToList();
        Assert.True(lines.Count == lines.Distinct(StringComparer.Ordinal).Count(), $"{question}\n{string.Join('\n', lines)}");
    });

    [Theory]
    [MemberData(nameof(Chains))]
    public void Answers_from_a_zone_whose_chain_has_holes(string chain) => ForRandomZones(chain, holes: 8, (zone, question, answer) =>
    {
        // What there is of the chain is all that may come; the rest of the answer is as ever.
        Assert.Contains(answer.ResponseCode, new[] { ResponseCode.NoError, ResponseCode.NameError });
    });

    // RFC 9077 §3.
    [Fact]
    public void Lets_no_proof_outlive_the_SOA_beside_it() => ForRandomZones(
        nameof(ChainKind.Nsec),
        random => new SignedZoneMaker(random) { ChainTimeToLive = 86_400 },
        (_, question, answer) => Assert.All(answer.Authority.Where(record => record.Type is RecordType.NSEC), record =>
            Assert.True(record.TimeToLive == SignedZoneMaker.NegativeTimeToLive, $"{question}\n{record}")));

    // RFC 9276 §3.2: a validator needs no more to see that there are too many.
    [Fact]
    public void Gives_one_link_of_a_chain_that_costs_too_much() => ForRandomZones(
        nameof(ChainKind.Nsec3),
        random => new SignedZoneMaker(random, iterations: Nsec3Chain.MaxIterations + 1),
        (_, question, answer) =>
        {
            var isNegative = answer.Authority.Any(record => record.Type == RecordType.SOA);
            var links = answer.Authority.Count(record => record.Type == RecordType.NSEC3);
            Assert.True(isNegative ? links == 1 : links <= 1, $"{question}\n{string.Join('\n', answer.Authority)}");
        });

    [Fact]
    public void Adds_nothing_without_the_DO_bit() => ForRandomZones(nameof(ChainKind.Nsec), holes: 0, (zone, question, _) =>
    {
        var answer = new Asker(new ZoneSet([zone])).Ask(question with { DnssecOk = false });
        Assert.DoesNotContain(answer.Answers.Concat(answer.Authority).Concat(answer.Additional), record =>
            record.Type is RecordType.RRSIG or RecordType.NSEC or RecordType.DS && record.Type != question.Type && question.Type != RecordType.ANY);
    });

    private static void ForRandomZones(string chain, int holes, Action<ZoneSnapshot, ScenarioQuestion, AnswerMessage> check) =>
        ForRandomZones(chain, random => new SignedZoneMaker(random), check, holes);

    private static void ForRandomZones(
        string chain, Func<Random, SignedZoneMaker> create, Action<ZoneSnapshot, ScenarioQuestion, AnswerMessage> check, int holes = 0)
    {
        for (var seed = 0; seed < Zones; seed++)
        {
            var random = new Random(seed);
            var maker = create(random);
            var zone = maker.Make(Enum.Parse<ChainKind>(chain), holes);
            var asker = new Asker(new ZoneSet([zone]));
            for (var i = 0; i < QuestionsPerZone; i++)
            {
                var question = new ScenarioQuestion($"seed {seed}", 0, maker.MakeName(5), Types[random.Next(Types.Length)], NoExpectation)
                {
                    IsTcp = true,
                    UdpPayload = 1232,
                    DnssecOk = true,
                };
                check(zone, question, asker.Ask(question));
            }
        }
    }

    private static ExpectedAnswer NoExpectation { get; } = new(ResponseCode.NoError, MessageFlags.None, [], [], []);
}
