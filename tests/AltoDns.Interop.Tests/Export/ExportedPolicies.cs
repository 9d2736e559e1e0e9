// The samples and made-up policies as an operator's files, and the zones that altodns exports from them.

using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace AltoDns.Interop.Tests.Export;

/// <summary>Policies in one folder, their zones exported into another; shared by the tests of the exported zones.</summary>
public sealed class ExportedPolicies : IAsyncLifetime
{
    public const int Scenarios = 30;

    private const ulong Seed = 8686;
    private const int ScenarioSize = 14;
    private const int FirstOctet = 11;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Policies, each a file of YAML, and the base zones beside them.</summary>
    public string PolicyFolder { get; private set; } = "";

    /// <summary>The exported zones.</summary>
    public IReadOnlyList<ServedZone> Zones { get; private set; } = [];

    /// <summary>The made-up policies, each in address space of its own.</summary>
    public IReadOnlyList<PolicyScenario> Made { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        PolicyFolder = _folder.MakeFolder("policies");
        CopySamples();
        Made = [.. PolicyScenarioGenerator.Scenarios().Generator.Sample(Scenarios, new Rnd(Seed), ScenarioSize).Select((scenario, index) => scenario.MoveTo(ZoneOf(scenario, index)))];
        for (var i = 0; i < Made.Count; i++)
        {
            WritePolicy(Made[i], i);
        }

        var zoneFolder = _folder.MakeFolder("zones");
        var result = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "export", PolicyFolder, "--output", zoneFolder]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Zones = [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(file => new ServedZone(DomainName.Parse(Path.GetFileNameWithoutExtension(file) + "."), file))];
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private void CopySamples()
    {
        var samples = Path.Combine(AppContext.BaseDirectory, "zones");
        foreach (var file in Directory.EnumerateFiles(samples, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(PolicyFolder, Path.GetRelativePath(samples, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    // Clear of the samples' and of each other's.
    private static IPPrefix ZoneOf(PolicyScenario scenario, int index) => scenario.Zone.IsIPv6
        ? IPPrefix.Create((UInt128)(0x20020000u + (uint)index) << 96, scenario.Zone.Length, isIPv6: true)
        : IPPrefix.Create((UInt128)(uint)(FirstOctet + index) << 120, scenario.Zone.Length, isIPv6: false);

    private void WritePolicy(PolicyScenario scenario, int index)
    {
        // Every third in the other publish mode, unless it would need a name for each of very many subnets.
        var isLong = scenario.Assignments.Any(entry => entry.Prefix.IsIPv6 && entry.Prefix.Length is > 64 and < 120);
        var mode = index % 3 == 2 && !isLong ? PublishMode.Rfc8686Names : PublishMode.EveryName;
        using (var output = File.CreateText(Path.Combine(PolicyFolder, $"made-{index}.zone")))
        {
            scenario.WriteBase(output);
        }

        File.WriteAllText(Path.Combine(PolicyFolder, $"made-{index}.yaml"), scenario.ToYaml(mode, $"made-{index}.zone"));
    }
}
