// transfer: how long a large zone takes out of each server to one and the same receiver, and what queries suffer meanwhile.

using System.CommandLine;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Servers;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Benchmarks.Transfers;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Commands;

internal static class TransferCommand
{
    private const int LoadProcessor = 1;

    // SOA, NS, the pointers, and the SOA again.
    private const int RecordsBesides = 3;

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromMinutes(5);

    public static Command Create()
    {
        var records = new Option<int>("--records") { Description = "PTR records of the zone.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var rate = new Option<int>("--rate") { Description = "Queries a second, without transfers and during them.", HelpName = "N", DefaultValueFactory = _ => 5_000 };
        var seconds = new Option<int>("--seconds") { Description = "How long queries are asked in each of the two.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var command = new Command("transfer", "Transfer a zone in full out of AltoDns, NSD and Knot, one after the other, again and again.") { records, rate, seconds, runs, json };
        command.SetAction(async (result, _) => PrivateNetwork.IsEntered
            ? await RunAsync(result.GetValue(records), result.GetValue(rate), result.GetValue(seconds), result.GetValue(runs), result.GetValue(json))
            : await PrivateNetwork.RunAgainAsync(LoadProcessor, []));
        return command;
    }

    private static async Task<int> RunAsync(int records, int rate, int seconds, int runs, bool asJson)
    {
        await PrivateNetwork.BringUpAsync();
        using var folder = new TemporaryFolder();
        var program = await PublishedAltoDns.PublishAsync(folder);
        var zone = PointerTraffic.WriteZone(folder, records);
        var maker = new QueryMaker(AnswerStyle.Zones);
        var questions = QueryTrains.Of([.. PointerTraffic.Make(records, QueryTrains.Unit, seed: 1).Select(maker.Make)], seed: 2);
        var rows = new List<Row>();
        foreach (var recipe in TransferContenders.Make(zone, program, folder))
        {
            rows.Add(await MeasureAsync(recipe.PinnedTo("0"), zone, records + RecordsBesides, questions, rate, seconds, runs));
            Figures.Note($"{recipe.Name}: {rows[^1].Seconds:F2} s");
        }

        Figures.Print(
            rows,
            asJson,
            ("server", row => row.Server),
            ("s", row => $"{row.Seconds:F2}"),
            ("CPU s", row => $"{row.ProcessorSeconds:F2}"),
            ("MB", row => $"{row.Megabytes:F1}"),
            ("messages", row => $"{row.Messages:N0}"),
            ("p50 µs idle", row => $"{row.IdleMedian:N0}"),
            ("p50 µs busy", row => $"{row.BusyMedian:N0}"),
            ("p99 µs idle", row => $"{row.Idle99:N0}"),
            ("p99 µs busy", row => $"{row.Busy99:N0}"),
            ("lost", row => $"{row.Lost:N0}"),
            ("transfers meanwhile", row => $"{row.Meanwhile:N0}"));
        return 0;
    }

    private static async Task<Row> MeasureAsync(
        ServerRecipe recipe, ServedZone zone, int records, QueryTrains questions, int rate, int seconds, int runs)
    {
        await using var server = await RunningServer.StartAsync(recipe, [zone], LoadTimeout);
        _ = ZoneReceiver.Transfer(server.Endpoint, zone.Origin, records);
        var times = new List<double>();
        var before = ProcessTree.Read(server.ProcessId).ProcessorTime;
        var last = default(Received);
        for (var run = 0; run < runs; run++)
        {
            last = ZoneReceiver.Transfer(server.Endpoint, zone.Origin, records);
            times.Add(last.Elapsed.TotalSeconds);
        }

        var processor = (ProcessTree.Read(server.ProcessId).ProcessorTime - before).TotalSeconds / runs;
        var idle = new LatencyHistogram();
        var busy = new LatencyHistogram();
        using var load = new UdpLoad(server.Endpoint, questions);
        load.RunPaced((long)rate * seconds, rate, idle);

        using var stop = new CancellationTokenSource();
        var transfers = Task.Run(() => TransferUntil(server, zone, records, stop.Token), CancellationToken.None);
        var result = load.RunPaced((long)rate * seconds, rate, busy);
        await stop.CancelAsync();
        return new Row(
            recipe.Name, times.Median(), processor, last.Octets / 1e6, last.Messages,
            idle.Percentile(0.5) / 1e3, busy.Percentile(0.5) / 1e3, idle.Percentile(0.99) / 1e3, busy.Percentile(0.99) / 1e3, result.Lost, await transfers);
    }

    private static int TransferUntil(RunningServer server, ServedZone zone, int records, CancellationToken stop)
    {
        var count = 0;
        while (!stop.IsCancellationRequested)
        {
            _ = ZoneReceiver.Transfer(server.Endpoint, zone.Origin, records);
            count++;
        }

        return count;
    }

    private sealed record Row(
        string Server, double Seconds, double ProcessorSeconds, double Megabytes, int Messages,
        double IdleMedian, double BusyMedian, double Idle99, double Busy99, long Lost, int Meanwhile);
}
