// The reference and the sample of the configuration are those that the program prints.

using System.Text.RegularExpressions;
using AltoDns.Cli.Describing;
using AltoDns.Cli.Tests.Support;
using AltoDns.Server.Configuration;
using AltoDns.Zones.Configuration;

namespace AltoDns.Cli.Tests.Conventions;

public sealed partial class ConfigurationPageTests
{
    private static string Docs => Path.Combine(SourceFile.Root, "docs");

    /// <summary>The examples on the page.</summary>
    public static TheoryData<string> Examples => [.. Fences().Matches(ConfigurationPage.Write()).Select(match => match.Groups["text"].Value)];

    [Theory]
    [InlineData("reference", "configuration.md")]
    [InlineData("sample", "altodns.yaml.sample")]
    public async Task Page_is_current(string command, string file)
    {
        var result = await AltodnsProgram.RunAsync(null, "config", command);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.True(
            await File.ReadAllTextAsync(Path.Combine(Docs, file)) == result.Output,
            $"docs/{file} is not what the program says: run altodns config {command} > docs/{file}");
    }

    [Fact]
    public void Sample_changes_nothing()
    {
        var problems = new ProblemList();
        var values = Read(ConfigurationSample.Write(), problems);

        Assert.Empty(problems.All);
        Assert.Empty(values!.Values.Set);
    }

    [Fact]
    public void Sample_is_right_once_its_comments_are_removed()
    {
        var problems = new ProblemList();
        var text = CommentedSetting().Replace(ConfigurationSample.Write(), "${line}");
        var configuration = Read(text, problems);

        // What it names is not there, and that is all.
        Assert.All(problems.All, problem => Assert.Contains("cannot be read: there is no such file", problem.Fault, StringComparison.Ordinal));
        Assert.Null(configuration);
        Assert.Equal(ServerSettings.All.Count, CommentedSetting().Matches(ConfigurationSample.Write()).Count(match => !match.Value.TrimEnd().EndsWith(':')));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_of_the_page_is_accepted(string example)
    {
        var problems = new ProblemList();
        Assert.NotNull(Read(example, problems));
        Assert.Empty(problems.All);
    }

    private static ServerConfiguration? Read(string text, ProblemList problems) => ServerConfiguration.Read(
        "altodns.yaml", SettingValues.None, null, problems, _ => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("^#(?<line> *[a-z0-9-]+:.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CommentedSetting();

    [GeneratedRegex("^```yaml configuration\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Fences();
}
