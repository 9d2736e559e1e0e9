// incoming: how long a large zone takes from a primary into AltoDns and Knot, and how soon a changed record of it is seen behind an overlay.

using System.CommandLine;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Servers;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Benchmarks.Transfers;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Commands;

internal static class IncomingCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // NSD loads what it transfers at most once a second (xfrd-reload-timeout): one change does not wait for that of the one before.
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(1_200);

    // What is resident then is what stays.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(8);

    public static Command Create()
    {
        var records = new Option<int>("--records") { Description = "PTR records of the zone.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var changes = new Option<int>("--changes") { Description = "How often one record of it is changed.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var command = new Command("incoming", "Transfer a zone from Knot into AltoDns and into Knot; then change records of it and see them on NSD behind an overlay.") { records, changes, runs, json };
        command.SetAction((result, _) => RunAsync(result.GetValue(records), result.GetValue(changes), result.GetValue(runs), result.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(int records, int changes, int runs, bool asJson)
    {
        using var folder = new TemporaryFolder();
        var program = await PublishedAltoDns.PublishAsync(folder);
        var zone = PointerTraffic.WriteZone(folder, records);
        var (altoPort, nsdPort) = (LoopbackPort.Find(), LoopbackPort.Find());
        var control = Path.Combine(folder.Path, "primary.sock");
        await using var primary = await RunningServer.StartAsync(IncomingRecipes.Primary(zone, altoPort, control), [zone], Patience);
        var rows = new List<Row>();
        foreach (var receiver in new[] { AltoDnsServer.Name, KnotServer.Name })
        {
            rows.Add(await MeasureAsync(receiver, program, zone, primary, runs));
            Figures.Note($"{receiver}: {rows[^1].Seconds:F2} s");
        }

        Figures.Print(
            rows,
            asJson,
            ("receiver", row => row.Receiver),
            ("s", row => $"{row.Seconds:F2}"),
            ("CPU s", row => $"{row.ProcessorSeconds:F2}"),
            ("VmHWM MB", row => $"{row.PeakMegabytes:F0}"),
            ("VmRSS MB", row => $"{row.ResidentMegabytes:F0}"));

        await using var chain = await OverlayChain.StartAsync(program, zone, primary, control, altoPort, nsdPort, folder);
        var rowsOfChanges = await ChangeAsync(chain, records, changes);
        Figures.Print(
            rowsOfChanges,
            asJson,
            ("new record on", row => row.Server),
            ("changes", row => $"{row.Milliseconds.Count}"),
            ("median ms", row => $"{row.Milliseconds.Median():F0}"),
            ("longest ms", row => $"{row.Milliseconds.Max():F0}"));
        return 0;
    }

    private static async Task<Row> MeasureAsync(string receiver, string program, ServedZone zone, RunningServer primary, int runs)
    {
        var times = new List<double>();
        ProcessTree? last = null;
        for (var run = 0; run < runs; run++)
        {
            using var state = new TemporaryFolder();
            var recipe = receiver == KnotServer.Name
                ? IncomingRecipes.KnotSecondary(zone, primary.Endpoint.Port)
                : AltoDnsServer.PublishedRecipe(program, ["--secondary", $"{zone.Origin}={primary.Endpoint}", "--state", state.Path]);
            await using var server = await RunningServer.StartAsync(recipe, [zone], Patience);
            times.Add(server.ReadyAfter.TotalSeconds);
            await Task.Delay(Settling);
            last = ProcessTree.Read(server.ProcessId);
        }

        return new Row(receiver, times.Median(), last!.ProcessorTime.TotalSeconds, last.PeakResident.Megabytes(), last.Resident.Megabytes());
    }

    private static async Task<IReadOnlyList<ChangeRow>> ChangeAsync(OverlayChain chain, int records, int changes)
    {
        var random = new Random(1);
        ChangeRow[] rows = [new(AltoDnsServer.Name, []), new($"{NsdServer.Name} behind it", [])];
        for (var change = 1; change <= changes; change++)
        {
            var (owner, _) = PointerTraffic.Records(records).ElementAt(random.Next(records));
            var (overlay, secondary) = await chain.ChangeAsync(owner, DomainName.Parse($"changed{change}.isp1.example."), Patience);
            rows[0].Milliseconds.Add(overlay.TotalMilliseconds);
            rows[1].Milliseconds.Add(secondary.TotalMilliseconds);
            Figures.Note($"change {change}: {secondary.TotalMilliseconds:F0} ms");
            await Task.Delay(LeastInterval + random.NextDouble() * LeastInterval);
        }

        return rows;
    }

    private sealed record Row(string Receiver, double Seconds, double ProcessorSeconds, double PeakMegabytes, double ResidentMegabytes);

    private sealed record ChangeRow(string Server, List<double> Milliseconds);
}
