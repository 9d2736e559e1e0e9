// Every bad policy in the folder "bad" beside the exact lines that it earns.

using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Tests.Configuration;

public sealed class BadPolicyTests
{
    public static TheoryData<string> Names =>
        new(Directory.EnumerateFiles(PolicyFolder.Bad, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Reports_exactly_these_problems(string name)
    {
        var problems = new ProblemList();
        var document = PolicyReader.Read($"{name}.yaml", problems, PolicyFolder.In(PolicyFolder.Bad));

        Assert.Null(document);
        Assert.Equal(File.ReadAllText(Path.Combine(PolicyFolder.Bad, $"{name}.expected")), PolicyFolder.Lines(problems));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gives_place_fault_and_remedy(string name)
    {
        var problems = new ProblemList();
        PolicyReader.Read($"{name}.yaml", problems, PolicyFolder.In(PolicyFolder.Bad));

        Assert.True(problems.HasErrors);
        Assert.All(problems.All, problem =>
        {
            Assert.Matches("(?s)^[A-Z'0-9:*].*\\.$", problem.Fault);
            Assert.Matches("(?s)^[A-Z].*[.?]$", problem.Remedy);
            Assert.True(problem.Position.Line > 0 == problem.Position.Column > 0);
            Assert.DoesNotContain('\n', problem.ToString());
        });
    }

    [Fact]
    public void Covers_at_least_forty_five_files() => Assert.True(Names.Count >= 45);

    [Fact]
    public void Never_throws_whatever_the_file_holds()
    {
        const string Signs = "[]{}:,*&!|>'\"%@`#-? \n\t\\~0/.";
        var random = new Random(8686);
        var seeds = Directory.EnumerateFiles(PolicyFolder.Bad, "*.yaml")
            .Concat(Directory.EnumerateFiles(PolicyFolder.Samples, "*.yaml"))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes)
            .Where(seed => seed.Length > 0)
            .ToArray();
        for (var round = 0; round < 4000; round++)
        {
            var text = seeds[random.Next(seeds.Length)].ToList();
            for (var changes = random.Next(1, 5); changes > 0 && text.Count > 0; changes--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(5))
                {
                    case 0:
                        text[at] = (byte)Signs[random.Next(Signs.Length)];
                        break;
                    case 1:
                        text.Insert(at, (byte)Signs[random.Next(Signs.Length)]);
                        break;
                    case 2:
                        text.RemoveRange(at, Math.Min(text.Count - at, random.Next(1, 12)));
                        break;
                    case 3:
                        text.InsertRange(random.Next(text.Count), text.GetRange(at, Math.Min(text.Count - at, 40)));
                        break;
                    default:
                        text.RemoveRange(at, text.Count - at);
                        break;
                }
            }

            var problems = new ProblemList();
            var document = PolicyReader.Read("policy.yaml", problems, path => path == "policy.yaml"
                ? new MemoryStream(text.ToArray())
                : throw new FileNotFoundException());
            Assert.Equal(problems.HasErrors, document is null);
        }
    }
}
