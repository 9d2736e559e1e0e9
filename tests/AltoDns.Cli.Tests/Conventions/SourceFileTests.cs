// Every source file opens with what it is for, stays readable at one go, and stands in its namespace's folder.

namespace AltoDns.Cli.Tests.Conventions;

public sealed class SourceFileTests
{
    private const int MostLines = 400;

    [Fact]
    public void Finds_the_source_files()
    {
        Assert.All(["AltoDns.Protocol", "AltoDns.Zones", "AltoDns.Server", "AltoDns.Discovery", "AltoDns.Cli"], project =>
            Assert.Contains(SourceFile.All, file => string.Equals(file.Project, project, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_file_opens_with_a_sentence_on_what_it_is_for()
    {
        AssertAll(file => file.Lines is [var first, ..] && first.StartsWith("// ", StringComparison.Ordinal));
    }

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        AssertAll(file => file.Lines.Length <= MostLines);
    }

    [Fact]
    public void Every_namespace_follows_its_folder()
    {
        AssertAll(file => file.Lines
            .Where(line => line.StartsWith("namespace ", StringComparison.Ordinal))
            .All(line => string.Equals(line, $"namespace {file.ExpectedNamespace};", StringComparison.Ordinal)));
    }

    private static void AssertAll(Func<SourceFile, bool> holds)
    {
        var breaking = SourceFile.All.Where(file => !holds(file)).ToList();
        Assert.True(breaking.Count == 0, string.Join('\n', breaking));
    }
}
