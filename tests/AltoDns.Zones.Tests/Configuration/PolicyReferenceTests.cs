// The reference of the policy says what the reader does: every setting is described, every example is accepted.

using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Tests.Configuration;

public sealed partial class PolicyReferenceTests
{
    private const string Fragment = "yaml fragment";

    // What stands around a fragment that does not set it itself.
    private static readonly (string Setting, string Text)[] Surroundings =
    [
        ("zones", "[192.0.2.0/24, 2001:db8:1::/48]"),
        ("soa", "{ primary: ns1.isp1.example., contact: hostmaster@isp1.example }"),
        ("nameservers", "ns1.isp1.example."),
        ("alto-servers", "{ core: { uri: https://alto1.isp1.example/ird }, mobile: { uri: https://alto2.isp1.example/ird } }"),
        ("assignments", "{ 0.0.0.0/0: core, 128.0.0.0/1: mobile }"),
    ];

    public static TheoryData<string, int> Examples => new(
        from file in new[] { "policy.md", "README.md" }
        from example in ExamplesOf(file)
        select (file, example.Line));

    [Fact]
    public void Describes_every_setting_that_the_reader_knows()
    {
        // Readers keep the keys of a map in fields called Known…
        var known = typeof(PolicyReader).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Where(field => field.FieldType == typeof(string[]) && field.Name.StartsWith("Known", StringComparison.Ordinal))
            .Select(field => (string[])field.GetValue(null)!)
            .ToList();
        var text = File.ReadAllText(PathOf("policy.md"));

        Assert.True(known.Count >= 6);
        Assert.All(known.SelectMany(keys => keys).Distinct(), key => Assert.Contains($"`{key}`", text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Gives_examples_that_are_accepted(string file, int line)
    {
        var example = ExamplesOf(file).Single(example => example.Line == line);
        var problems = new ProblemList();
        var policy = PolicyReader.Read("policy.yaml", problems, path => Open(path, example.IsFragment ? Surround(example.Text) : example.Text));

        Assert.DoesNotContain(problems.All, problem => problem.Severity == Severity.Error);
        Assert.NotNull(policy);
    }

    [Fact]
    public void Has_complete_policies_and_fragments()
    {
        Assert.Contains(ExamplesOf("policy.md"), example => !example.IsFragment);
        Assert.Contains(ExamplesOf("README.md"), example => !example.IsFragment);
        Assert.True(ExamplesOf("policy.md").Count(example => example.IsFragment) >= 10);
    }

    private static List<Example> ExamplesOf(string file)
    {
        var text = File.ReadAllText(PathOf(file));
        return
        [
            .. Fences().Matches(text)
                .Where(match => match.Groups["kind"].Value.StartsWith("yaml", StringComparison.Ordinal))
                .Select(match => new Example(
                    text.AsSpan(0, match.Index).Count('\n') + 1, match.Groups["text"].Value, match.Groups["kind"].Value == Fragment)),
        ];
    }

    private static string Surround(string fragment) =>
        fragment + string.Concat(Surroundings
            .Where(entry => !fragment.Split('\n').Any(line => line.StartsWith(entry.Setting + ":", StringComparison.Ordinal)))
            .Select(entry => $"{entry.Setting}: {entry.Text}\n"));

    // Every file that an example names is there, with what belongs into a file of its kind.
    private static Stream Open(string path, string policy) => Path.GetExtension(path) switch
    {
        ".yaml" => new MemoryStream(Encoding.UTF8.GetBytes(policy)),
        ".pem" => PolicyFolder.In(PolicyFolder.Good)("certs/chain.pem"),
        ".zone" => PolicyFolder.In(PolicyFolder.Good)("isp1-ptr.zone"),
        _ => throw new FileNotFoundException(),
    };

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "docs", file);

    [GeneratedRegex("^```(?<kind>[^\n]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Fences();

    private sealed record Example(int Line, string Text, bool IsFragment);
}
