// Every scenario, asked in memory.

using AltoDns.Testing;

namespace AltoDns.Server.Tests.Answering;

public sealed class ScenarioTests
{
    public static TheoryData<string> Files { get; } = new(ScenarioReader.AllFiles.Select(path => Path.GetFileName(path)));

    [Theory]
    [MemberData(nameof(Files))]
    public void Answers_as_the_scenario_expects(string file)
    {
        var scenario = ScenarioReader.Read(Path.Combine(AppContext.BaseDirectory, "scenarios", file));
        var asker = new Asker(scenario.LoadZones());
        var differences = scenario.Questions.Select(question => AnswerComparer.Compare(question, asker.Ask(question), Strictness.Exact)).OfType<string>().ToList();
        if (differences.Count > 0)
        {
            Assert.Fail(string.Concat(differences));
        }
    }
}
