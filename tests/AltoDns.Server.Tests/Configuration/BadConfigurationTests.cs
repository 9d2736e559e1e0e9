// Every bad configuration in the folder "bad" beside the exact lines that it earns.

using AltoDns.Server.Configuration;
using AltoDns.Zones.Configuration;

namespace AltoDns.Server.Tests.Configuration;

public sealed class BadConfigurationTests
{
    private static string Bad { get; } = Path.Combine(AppContext.BaseDirectory, "Configuration", "bad");

    public static TheoryData<string> Names =>
        new(Directory.EnumerateFiles(Bad, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Reports_exactly_these_problems(string name)
    {
        var (configuration, problems) = Read(name);

        Assert.Null(configuration);
        Assert.Equal(File.ReadAllText(Path.Combine(Bad, $"{name}.expected")), string.Concat(problems.All.Select(problem => problem + "\n")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gives_place_fault_and_remedy(string name)
    {
        var (_, problems) = Read(name);

        Assert.True(problems.HasErrors);
        Assert.All(problems.All, problem =>
        {
            Assert.Matches(@"(?s)^[A-Z'0-9:*].*\.$", problem.Fault);
            Assert.Matches("(?s)^[A-Z].*[.?…]$", problem.Remedy);
            Assert.True(problem.Position.Line > 0 == problem.Position.Column > 0);
            Assert.NotEqual(ProblemKind.Content, problem.Kind);
            Assert.DoesNotContain('\n', problem.ToString());
        });
    }

    [Fact]
    public void Covers_at_least_fifty_files() => Assert.True(Names.Count >= 50);

    [Fact]
    public void Never_throws_whatever_the_file_holds()
    {
        const string Signs = "[]{}:,*&!|>'\"%@`#-? \n\t\\~0/.";
        var random = new Random(1912);
        var seeds = Directory.EnumerateFiles(Bad, "*.yaml").Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        for (var round = 0; round < 4000; round++)
        {
            var text = seeds[random.Next(seeds.Length)].Concat(seeds[random.Next(seeds.Length)]).ToList();
            for (var changes = random.Next(1, 5); changes > 0 && text.Count > 0; changes--)
            {
                var at = random.Next(text.Count);
                if (random.Next(2) == 0)
                {
                    text[at] = (byte)Signs[random.Next(Signs.Length)];
                }
                else
                {
                    text.RemoveRange(at, Math.Min(text.Count - at, random.Next(1, 12)));
                }
            }

            var problems = new ProblemList();
            var configuration = ServerConfiguration.Read("x.yaml", SettingValues.None, null, problems, _ => new MemoryStream(text.ToArray()));
            Assert.Equal(problems.HasErrors, configuration is null);
        }
    }

    private static (ServerConfiguration? Configuration, ProblemList Problems) Read(string name)
    {
        var problems = new ProblemList();
        var text = File.ReadAllBytes(Path.Combine(Bad, $"{name}.yaml"));
        return (ServerConfiguration.Read($"{name}.yaml", SettingValues.None, null, problems, _ => new MemoryStream(text)), problems);
    }
}
