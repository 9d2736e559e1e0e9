// NATs exported as zones: NSD, Knot and BIND give every peer the same answer as AltoDns, and all give the right server.

using AltoDns.Harness;
using AltoDns.Interop.Tests.Differential;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Scenarios;
using AltoDns.Zones.Compilation;

namespace AltoDns.Interop.Tests.Export;

public sealed class ExportedNatTests(ITestOutputHelper output)
{
    private const int Questions = 10_000;
    private const int Seed = 7597;
    private const int DifferencesShown = 5;

    private static readonly IReadOnlyList<IPPrefix> Spaces =
    [
        .. Enumerable.Range(0, 30).Select(index => IPPrefix.Parse($"198.18.{index}.0/24")),
        .. Enumerable.Range(0, 6).Select(index => IPPrefix.Parse($"198.19.{index * 4}.0/22")),
        .. Enumerable.Range(0, 6).Select(index => IPPrefix.Parse($"203.0.113.{index * 32}/27")),
        .. Enumerable.Range(0, 30).Select(index => IPPrefix.Parse($"2001:db8:{index:x}::/48")),
    ];

    [Fact]
    public async Task Other_servers_answer_from_exported_nats_as_AltoDns_does_and_as_the_rules_say()
    {
        using var folder = new TemporaryFolder();
        var policies = folder.MakeFolder("policies");
        var maker = new NatScenarioMaker(new Random(Seed));
        var scenarios = Spaces.Select(maker.MakeIn).ToList();
        for (var i = 0; i < scenarios.Count; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(policies, $"nat-{i}.yaml"), scenarios[i].ToYaml());
        }

        var zones = await ExportAsync(policies, folder.MakeFolder("zones"));
        var asked = scenarios.SelectMany(scenario => scenario.Questions.Select(question => (Scenario: scenario, Question: question))).Take(Questions).ToList();
        Assert.Equal(Questions, asked.Count);

        // Long IPv6 names and a DNAME may need more than 512 octets, where compression minds the case of letters.
        var queries = asked.ConvertAll(entry => new Query(NameOf(entry.Scenario, entry.Question), RecordType.NAPTR) { UdpPayload = 1232 });

        await using var altoDns = await AltoDnsServer.StartAsync([policies], zones);
        var own = await altoDns.Client.AskAsync(queries);
        for (var i = 0; i < asked.Count; i++)
        {
            var expected = asked[i].Scenario.Expect(asked[i].Question);
            Assert.True(expected == ServerOf(own[i]), $"{queries[i]}: expected {expected}\n{own[i]}\n{asked[i].Scenario.ToYaml()}");
        }

        await using var nsd = await NsdServer.StartAsync(zones);
        Compare(NsdServer.Name, queries, own, await nsd.Client.AskAsync(queries), zones);
        await using var knot = await KnotServer.StartAsync(zones);
        Compare(KnotServer.Name, queries, own, await knot.Client.AskAsync(queries), zones);
        await using var named = await NamedServer.StartAsync(zones);
        Compare(NamedServer.Name, queries, own, await named.Client.AskAsync(queries), zones);
        output.WriteLine(string.Join(", ", asked.CountBy(entry => entry.Scenario.Expect(entry.Question)).OrderBy(pair => pair.Key).Select(pair => $"server {pair.Key}: {pair.Value}")));
    }

    private static async Task<IReadOnlyList<ServedZone>> ExportAsync(string policies, string folder)
    {
        var result = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "export", policies, "--output", folder]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(file => new ServedZone(DomainName.Parse(Path.GetFileNameWithoutExtension(file) + "."), file))];
    }

    private static DomainName NameOf(NatScenario scenario, NatQuestion question) =>
        question.NameBelow(ReverseZone.Covering(scenario.Zone).First(part => part.Prefix.Contains(question.Address)).NameOf(question.Address));

    private static int ServerOf(Answer answer)
    {
        if (answer.Answers.Select(record => record.Data).OfType<NaptrData>().FirstOrDefault() is { } naptr)
        {
            return naptr.Regexp.Span["!.*!https://alto".Length] - '0';
        }

        return answer.Authority.Any(record => record.Type == RecordType.NS) ? NatScenario.Referred : NatScenario.Nobody;
    }

    private static void Compare(
        string server, IReadOnlyList<Query> queries, IReadOnlyList<Answer> own, IReadOnlyList<Answer> others, IReadOnlyList<ServedZone> zones)
    {
        var apexes = zones.Select(zone => zone.Origin).ToHashSet();
        var differences = Enumerable.Range(0, queries.Count)
            .Select(i => (Query: queries[i], Own: NormalAnswer.Of(own[i], apexes.Contains), Other: NormalAnswer.Of(others[i], apexes.Contains)))
            .Where(pair => !pair.Own.Agrees(pair.Other))
            .Select(pair => $"{pair.Query}\n{server}: {pair.Other}AltoDns: {pair.Own}")
            .ToList();
        Assert.True(differences.Count == 0, $"{differences.Count} differences\n{string.Join('\n', differences.Take(DifferencesShown))}");
    }
}
