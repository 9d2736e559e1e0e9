// incoming: how long a large zone takes from a primary into AltoDns and Knot, and how soon a changed record of it is seen behind an overlay.

using System.CommandLine;
using System.Diagnostics;
using System.Net;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Servers;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Benchmarks.Transfers;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Commands;

internal static class IncomingCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

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
        await using var primary = await RunningServer.StartAsync(IncomingRecipes.Primary(zone, altoPort), [zone], Patience);
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

        var times = await ChangeAsync(program, zone, primary, altoPort, nsdPort, records, changes, folder);
        Figures.Print(
            [new ChangeRow(changes, times.Median() * 1e3, times.Max() * 1e3)],
            asJson,
            ("changes", row => $"{row.Changes}"),
            ("median ms", row => $"{row.MedianMilliseconds:F0}"),
            ("longest ms", row => $"{row.LongestMilliseconds:F0}"));
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

    private static async Task<List<double>> ChangeAsync(
        string program, ServedZone zone, RunningServer primary, int altoPort, int nsdPort, int records, int changes, TemporaryFolder folder)
    {
        var policy = folder.Write("overlay.yaml", $$"""
            zones: [10.0.0.0/8]
            base: { primary: {{primary.Endpoint}} }
            alto-servers: { core: { uri: https://alto1.isp1.example/ird } }
            assignments: { 10.0.0.0/8: core }

            """);
        var recipe = AltoDnsServer.PublishedRecipe(
            program, [policy, "--state", Path.Combine(folder.Path, "state"), "--allow-transfer", "127.0.0.0/8", "--notify", $"127.0.0.1:{nsdPort}"])
            with { Endpoint = new IPEndPoint(IPAddress.Loopback, altoPort) };
        await using var overlay = await RunningServer.StartAsync(recipe, [zone], Patience);
        await using var nsd = await RunningServer.StartAsync(IncomingRecipes.NsdSecondary(zone, altoPort, nsdPort), [zone], Patience);
        var times = new List<double>();
        var random = new Random(1);
        for (var change = 1; change <= changes; change++)
        {
            var (owner, _) = PointerTraffic.Records(records).ElementAt(random.Next(records));
            var name = DomainName.Parse($"{owner}.{zone.Origin}");
            var target = DomainName.Parse($"changed{change}.isp1.example.");
            var update = folder.Write("update", $"server {primary.Endpoint.Address} {primary.Endpoint.Port}\nzone {zone.Origin}\nupdate delete {name} PTR\nupdate add {name} 3600 PTR {target}\nsend\n");
            var clock = Stopwatch.StartNew();
            var sent = await ToolRunner.RunAsync("knsupdate", [update]);
            if (sent.ExitCode != 0)
            {
                throw new InvalidOperationException(sent.ToString());
            }

            while ((await nsd.Client.TryAskAsync([new Query(name, RecordType.PTR)]))[0] is not { Answers: [{ Data: PtrData { Target: var found } }] } || found != target)
            {
                if (clock.Elapsed > Patience)
                {
                    throw new TimeoutException($"{name} does not change.\n{overlay.Log}");
                }

                await Task.Delay(2);
            }

            times.Add(clock.Elapsed.TotalSeconds);
            Figures.Note($"change {change}: {times[^1] * 1e3:F0} ms");
        }

        return times;
    }

    private sealed record Row(string Receiver, double Seconds, double ProcessorSeconds, double PeakMegabytes, double ResidentMegabytes);

    private sealed record ChangeRow(int Changes, double MedianMilliseconds, double LongestMilliseconds);
}
