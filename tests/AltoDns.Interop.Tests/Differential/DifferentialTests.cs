// AltoDns against NSD, Knot and BIND: the same zones, the same questions, the same answers.

using System.Globalization;

namespace AltoDns.Interop.Tests.Differential;

public sealed class DifferentialTests(ITestOutputHelper output)
{
    /// <summary>Another number of zones than 100.</summary>
    public const string ZonesVariable = "ALTODNS_DIFFERENTIAL_ZONES";

    /// <summary>Another seed than 1, to meet other zones and questions.</summary>
    public const string SeedVariable = "ALTODNS_DIFFERENTIAL_SEED";

    public const int QuestionsPerZone = 50;

    private const int DifferencesShown = 10;

    public static int ZoneCount => Setting(ZonesVariable, 100);

    public static int Seed => Setting(SeedVariable, 1);

    [Fact]
    public async Task Answers_as_the_references_do()
    {
        var zones = new ZoneGenerator(Seed).Make(ZoneCount);

        var result = await DifferentialRun.AskAsync([.. Participant.References, Participant.AltoDns], zones, QuestionsPerZone, Seed);

        output.WriteLine($"{zones.Count} zones, {result.Questions.Count} questions, seed {Seed}");
        AssertNone(result.Questions.Where(asked => !AnswerComparer.AgreesWithReferences(asked, Participant.AltoDns.Name)));
        Assert.DoesNotContain(result.TruncationFaults, fault => string.Equals(fault.Server, Participant.AltoDns.Name, StringComparison.Ordinal));
        Assert.DoesNotContain(result.Questions, asked => !AnswerComparer.HasAliasesInOrder(asked.Answers[Participant.AltoDns.Name]));
    }

    internal static void AssertNone(IEnumerable<AskedQuestion> differing)
    {
        var all = differing.ToList();
        Assert.True(all.Count == 0, $"{all.Count} questions are answered differently.\n{string.Join('\n', all.Take(DifferencesShown))}");
    }

    private static int Setting(string variable, int normal) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : normal;
}
