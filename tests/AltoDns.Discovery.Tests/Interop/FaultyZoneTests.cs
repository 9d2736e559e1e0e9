// Our validator and unbound's on the same made-up zones, half of them with a fault: the same verdict on every question.

using System.Globalization;
using AltoDns.Discovery.Resolving;
using AltoDns.Discovery.Tests.Support;
using AltoDns.Discovery.Validating;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Tests.Interop;

public sealed class FaultyZoneTests(ITestOutputHelper output)
{
    /// <summary>How many zones; the long run has 2,000.</summary>
    public const string CountVariable = "ALTODNS_DISCOVERY_ZONES";

    private const int DefaultCount = 120;
    private const int Seed = 20_261_122;

    [Fact]
    public async Task Validator_agrees_with_unbound()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable(CountVariable), CultureInfo.InvariantCulture, out var number) ? number : DefaultCount;
        var now = DateTimeOffset.UtcNow;
        var random = new Random(Seed);
        var zones = Enumerable.Range(0, count).Select(i => FaultyZone.Create(i, random, now)).ToList();
        using var folder = new TemporaryFolder();
        var root = RootOf(zones, now);
        await using var authority = await NsdServer.StartAsync(
        [
            new ServedZone(DomainName.Root, folder.Write("root.zone", root.ToZoneFile())),
            .. zones.Select(zone => new ServedZone(zone.Name, folder.Write($"{zone.Name}zone", zone.Text))),
        ]);
        var anchor = $". IN DS {root.Ds}";
        await using var unbound = await UnboundServer.StartAsync(
            [new StubZone(DomainName.Root, authority.Endpoint), .. zones.Select(zone => new StubZone(zone.Name, authority.Endpoint))], [anchor]);
        await using var resolver = new Resolver(new ResolverOptions
        {
            Servers = [ResolverAddress.ForPlain(unbound.Endpoint)],
            Validate = true,
            TrustAnchors = TrustAnchors.ParseRecords(anchor),
            Deadline = TimeSpan.FromSeconds(30),
        });

        var faults = new List<string>();
        var verdicts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var zone in zones)
        {
            var answers = await unbound.Client.AskAsync(
                [.. zone.Questions.Select(question => new Harness.Query(question.Name, question.Type) { RecursionDesired = true, UdpPayload = 1232, DnssecOk = true })]);
            for (var i = 0; i < answers.Count; i++)
            {
                var question = zone.Questions[i];
                var ours = await resolver.LookupAsync(question.Name, question.Type);
                var (expected, actual) = (Expected(zone, answers[i], question.Type), Verdict(ours.Answer));
                verdicts[expected] = verdicts.GetValueOrDefault(expected) + 1;
                if (expected != actual)
                {
                    faults.Add($"{zone}: {question.Name} {question.Type}: unbound {expected}, we {actual} {ours.Answer.Failure}");
                }
            }
        }

        output.WriteLine(string.Join(", ", verdicts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.True(faults.Count == 0, $"{faults.Count} of {verdicts.Values.Sum()}\n{string.Join('\n', faults.Take(60))}");
        Assert.Superset(new HashSet<string>(["bogus", "secure NOERROR 1", "secure NXDOMAIN 0", "insecure NOERROR 1"], StringComparer.Ordinal), verdicts.Keys.ToHashSet(StringComparer.Ordinal));
    }

    // RFC 5011 §2.1: a key that was withdrawn is used for nothing more. Unbound only heeds that of its own trust anchors.
    private static string Expected(FaultyZone zone, Answer answer, RecordType type) =>
        zone.Plan.Fault == ZoneFault.WithdrawnKey ? "bogus" : Verdict(answer, type);

    private static string Verdict(Answer answer, RecordType type) => answer.ResponseCode switch
    {
        ResponseCode.ServerFailure => "bogus",
        _ => $"{(answer.Header.Flags.HasFlag(MessageFlags.AuthenticData) ? "secure" : "insecure")} {answer.ResponseCode.Mnemonic()} {Math.Min(1, answer.Answers.Count(record => record.Type == type))}",
    };

    private static string Verdict(LookupAnswer answer) => answer.Outcome == LookupOutcome.Failed
        ? "bogus"
        : $"{(answer.Security == LookupSecurity.Secure ? "secure" : answer.Security == LookupSecurity.Insecure ? "insecure" : "indeterminate")} {answer.ResponseCode.Mnemonic()} {Math.Min(1, answer.Records.Count)}";

    private static ZoneSigner RootOf(IReadOnlyList<FaultyZone> zones, DateTimeOffset now)
    {
        var records = new List<ResourceRecord>
        {
            new(DomainName.Root, RecordClass.Internet, 3600, new SoaData(DomainName.Parse("ns."), DomainName.Parse("hostmaster."), 1, 3600, 600, 86_400, 300)),
            new(DomainName.Root, RecordClass.Internet, 3600, new NsData(DomainName.Parse("ns."))),
            new(DomainName.Parse("ns."), RecordClass.Internet, 3600, new AData(0x7F000001)),
        };
        foreach (var zone in zones)
        {
            records.Add(new ResourceRecord(zone.Name, RecordClass.Internet, 3600, new NsData(DomainName.Parse($"ns.{zone.Name}"))));
            records.Add(new ResourceRecord(DomainName.Parse($"ns.{zone.Name}"), RecordClass.Internet, 3600, new AData(0x7F000001)));
            if (zone.Ds is { } ds)
            {
                records.Add(new ResourceRecord(zone.Name, RecordClass.Internet, 3600, ds));
            }
        }

        var plan = new SigningPlan(DnssecAlgorithm.EcdsaP256Sha256, false, false, 0, ZoneFault.None, now);
        return new ZoneSigner(DomainName.Root, records, plan, FaultyZone.Keys[plan.Algorithm]);
    }
}
