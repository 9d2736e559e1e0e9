// load: how long the Internet's policy, and parts of it, take to load, and what they occupy.

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AltoDns.Benchmarks.Output;
using AltoDns.Harness;
using AltoDns.Harness.Internet;

namespace AltoDns.Benchmarks.Commands;

internal static partial class LoadCommand
{
    public static Command Create()
    {
        var policy = CommonOptions.Policy();
        var data = CommonOptions.Data();
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var command = new Command("load", "Measure how long altodns serve takes until it answers for the Internet's policy, and its memory then; also for every fourth and every second prefix.")
        {
            policy, data, runs, json,
        };
        command.SetAction((result, _) => RunAsync(
            result.GetRequiredValue(policy), result.GetRequiredValue(data), result.GetValue(runs), result.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(string policy, string data, int runs, bool asJson)
    {
        using var folder = new TemporaryFolder();
        var prefixes = RegistryPrefix.ReadAll(data);
        Part[] parts = [EveryNth(4, prefixes, folder), EveryNth(2, prefixes, folder), new Part(Path.GetFullPath(policy), prefixes.Count)];

        // In turns, so that what else the machine does falls on all of them.
        for (var round = 0; round < runs; round++)
        {
            foreach (var part in parts)
            {
                part.Runs.Add(await MeasureAsync(part));
                Figures.Note($"round {round + 1}: {part.Prefixes} prefixes {part.Runs[^1]}");
            }
        }

        var rows = new List<Row>();
        foreach (var part in parts)
        {
            rows.Add(await SummarizeAsync(part));
        }

        Figures.Print(
            rows,
            asJson,
            ("prefixes", row => $"{row.Prefixes:N0}"),
            ("names", row => $"{row.Names:N0}"),
            ("RRsets stored", row => $"{row.RRsets:N0}"),
            ("first answer s", row => $"{row.FirstAnswerSeconds:F2}"),
            ("load s", row => $"{row.LoadSeconds:F2}"),
            ("CPU s", row => $"{row.ProcessorSeconds:F2}"),
            ("CPU µs/prefix", row => $"{row.ProcessorSeconds * 1e6 / row.Prefixes:F1}"),
            ("VmRSS MB", row => $"{row.ResidentMegabytes:F0}"),
            ("VmHWM MB", row => $"{row.PeakMegabytes:F0}"));
    }

    private static Part EveryNth(int n, IReadOnlyList<RegistryPrefix> prefixes, TemporaryFolder folder)
    {
        var picked = prefixes.Where((_, index) => index % n == 0).ToList();
        var file = Path.Combine(folder.Path, $"every-{n}.yaml");
        InternetPolicy.Write(file, picked);
        return new Part(file, picked.Count);
    }

    private static async Task<Run> MeasureAsync(Part part)
    {
        await using var server = await AltoDnsServer.StartAsync([part.File], InternetPolicy.Zones);
        var usage = ProcessTree.Read(server.ProcessId);
        var milliseconds = LoadTime().Match(server.Log).Groups["ms"].ValueSpan;
        return new Run(
            server.ReadyAfter.TotalSeconds,
            double.Parse(milliseconds, CultureInfo.InvariantCulture) / 1000,
            usage.ProcessorTime.TotalSeconds,
            usage.Resident.Megabytes(),
            usage.PeakResident.Megabytes());
    }

    private static async Task<Row> SummarizeAsync(Part part)
    {
        var check = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "check", "--json", part.File], TimeSpan.FromMinutes(5));
        using var output = JsonDocument.Parse(check.Output);
        var zones = output.RootElement.GetProperty("zones").EnumerateArray().ToList();
        return new Row(
            part.Prefixes,
            zones.Sum(zone => zone.GetProperty("names").GetInt64()),
            zones.Sum(zone => zone.GetProperty("rRsets").GetInt64()),
            part.Runs.Select(run => run.FirstAnswer).Median(),
            part.Runs.Select(run => run.Load).Median(),
            part.Runs.Select(run => run.Processor).Median(),
            part.Runs.Select(run => run.Resident).Median(),
            part.Runs.Select(run => run.Peak).Median());
    }

    [GeneratedRegex("Loaded the zones from [0-9]+ files in (?<ms>[0-9]+) ms", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LoadTime();

    private sealed record Part(string File, int Prefixes)
    {
        public List<Run> Runs { get; } = [];
    }

    /// <summary>Seconds and megabytes.</summary>
    private sealed record Run(double FirstAnswer, double Load, double Processor, double Resident, double Peak);

    private sealed record Row(
        int Prefixes, long Names, long RRsets, double FirstAnswerSeconds, double LoadSeconds, double ProcessorSeconds, double ResidentMegabytes, double PeakMegabytes);
}
