// What the comparison stands on: NSD, Knot and BIND agree, but for the differences that are known and explained.

namespace AltoDns.Interop.Tests.Differential;

public sealed class ReferenceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task References_agree_except_for_known_differences()
    {
        var zones = new ZoneGenerator(DifferentialTests.Seed).Make(DifferentialTests.ZoneCount);

        var result = await DifferentialRun.AskAsync(Participant.References, zones, DifferentialTests.QuestionsPerZone, DifferentialTests.Seed);

        var covered = result.Questions.SelectMany(AnswerComparer.Covering).CountBy(difference => difference.Name, StringComparer.Ordinal).ToList();
        output.WriteLine($"{zones.Count} zones, {result.Questions.Count} questions");
        covered.ForEach(difference => output.WriteLine($"{difference.Value} cases of: {difference.Key}"));
        DifferentialTests.AssertNone(result.Questions.Where(asked => !AnswerComparer.ReferencesAgree(asked)));
    }

    [Fact]
    public void Known_differences_have_names_of_their_own()
    {
        Assert.Distinct(KnownDifferences.All.Select(difference => difference.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void Same_seed_makes_same_zones_and_questions()
    {
        Assert.Equal(MakeText(seed: 7), MakeText(seed: 7));
        Assert.NotEqual(MakeText(seed: 7), MakeText(seed: 8), StringComparer.Ordinal);

        static string MakeText(int seed)
        {
            var random = new Random(seed);
            var questions = new QuestionGenerator(random);
            return string.Concat(new ZoneGenerator(seed).Make(10).Select(zone =>
                GeneratedZoneText.Write(zone, random) + string.Join('\n', questions.Make(zone, 10))));
        }
    }
}
