// Every sample that an operator may start from loads without an error, by itself and with the others.

using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;

namespace AltoDns.Cli.Tests.Conventions;

public sealed class SampleZoneTests
{
    private static string Folder => Path.Combine(SourceFile.Root, "zones");

    /// <summary>File names of the policies in zones/.</summary>
    public static TheoryData<string> Samples => [.. Directory.EnumerateFiles(Folder, "*.yaml").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_loads(string sample) => AssertLoads([Path.Combine(Folder, sample)]);

    [Fact]
    public void All_samples_load_together() => AssertLoads([.. Directory.EnumerateFiles(Folder, "*.yaml")]);

    private static void AssertLoads(IReadOnlyList<string> policies)
    {
        var loaded = ZoneLoader.Load(new ZoneSources { Policies = policies });

        Assert.DoesNotContain(loaded.Problems, problem => problem.Severity == Severity.Error);
        Assert.NotNull(loaded.Zones);
        Assert.NotEmpty(loaded.Zones.Zones);
    }
}
