// What altodns exports, other programs take: their checkers find no fault, and NSD answers from it as AltoDns does.

using AltoDns.Harness;
using AltoDns.Interop.Tests.Differential;
using AltoDns.Protocol.Messages;

namespace AltoDns.Interop.Tests.Export;

public sealed class ExportedZoneTests(ExportedPolicies policies, ITestOutputHelper output) : IClassFixture<ExportedPolicies>
{
    private const int Questions = 10_000;
    private const int Seed = 1;
    private const int DifferencesShown = 10;

    [Theory]
    [InlineData("named-checkzone", "-q", "-i", "none", "ORIGIN", "FILE")]
    [InlineData("kzonecheck", "-o", "ORIGIN", "FILE")]
    [InlineData("nsd-checkzone", "ORIGIN", "FILE")]
    [InlineData("ldns-read-zone", "FILE")]
    public async Task Checkers_find_no_fault(string tool, params string[] arguments)
    {
        Assert.True(policies.Zones.Count > ExportedPolicies.Scenarios);
        var faults = new List<string>();
        foreach (var zone in policies.Zones)
        {
            var result = await ToolRunner.RunAsync(tool, arguments.Select(argument => argument switch
            {
                "ORIGIN" => zone.Origin.ToString(),
                "FILE" => zone.File,
                _ => argument,
            }));
            if (result.ExitCode != 0)
            {
                faults.Add($"{result}\n{await File.ReadAllTextAsync(zone.File)}");
            }
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {policies.Zones.Count} zones are refused\n{faults.FirstOrDefault()}");
    }

    [Fact]
    public async Task NSD_answers_from_exported_zones_as_AltoDns_does_from_the_policies()
    {
        await using var nsd = await NsdServer.StartAsync(policies.Zones);
        await using var altoDns = await AltoDnsServer.StartAsync([policies.PolicyFolder], policies.Zones);
        var queries = new ExportedQuestions(policies, new Random(Seed)).Make(Questions);

        var expected = await nsd.Client.AskAsync(queries);
        var actual = await altoDns.Client.AskAsync(queries);

        var apexes = policies.Zones.Select(zone => zone.Origin).ToHashSet();
        var differences = Enumerable.Range(0, Questions)
            .Select(i => (Query: queries[i], Expected: NormalAnswer.Of(expected[i], apexes.Contains), Actual: NormalAnswer.Of(actual[i], apexes.Contains)))
            .Where(pair => !pair.Actual.Agrees(pair.Expected))
            .Select(pair => $"{pair.Query}\nNSD: {pair.Expected}AltoDns: {pair.Actual}")
            .ToList();
        output.WriteLine(string.Join(", ", expected.CountBy(answer => Kind(answer)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}")));
        Assert.True(differences.Count == 0, $"{differences.Count} differences\n{string.Join('\n', differences.Take(DifferencesShown))}");

        // A comparison of refusals alone would say nothing.
        Assert.True(expected.Count(answer => answer.Answers.Count > 0) > Questions / 4);
        Assert.Contains(expected, answer => answer.ResponseCode == ResponseCode.NameError);
        Assert.Contains(expected, answer => !answer.IsAuthoritative && answer.Authority.Count > 0);
    }

    private static string Kind(Answer answer) => answer switch
    {
        { ResponseCode: not ResponseCode.NoError } => answer.ResponseCode.Mnemonic(),
        { Answers.Count: > 0 } => "with answers",
        { IsAuthoritative: false } => "referrals",
        _ => "without data",
    };
}
