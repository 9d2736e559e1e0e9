// transfer: how long a large zone takes out of each server to one and the same receiver, and what queries suffer meanwhile.

using System.CommandLine;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Servers;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Benchmarks.Transfers;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Commands;

internal static class TransferCommand
{
    private const int LoadProcessor = 1;

    private const int WarmUps = 5;

    // SOA, NS, the pointers, and the SOA again.
    private const int RecordsBesides = 3;

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromMinutes(5);

    public static Command Create()
    {
        var records = new Option<int>("--records") { Description = "PTR records of the zone.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var rate = new Option<int>("--rate") { Description = "Queries a second, without transfers and during them.", HelpName = "N", DefaultValueFactory = _ => 5_000 };
        var seconds = new Option<int>("--seconds") { Description = "How long queries are asked in each of the two.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var runs = CommonOptions.Runs();
        var published = new Option<string?>("--published") { Description = "The published altodns. Without it, it is published first.", HelpName = "FILE" };
        var json = CommonOptions.Json();
        var command = new Command("transfer", "Transfer a zone in full out of AltoDns, NSD and Knot, in turns.") { records, rate, seconds, runs, published, json };
        command.SetAction(async (result, _) => PrivateNetwork.IsEntered
            ? await RunAsync(result.GetValue(published)!, result.GetValue(records), result.GetValue(rate), result.GetValue(seconds), result.GetValue(runs), result.GetValue(json))
            : await PrepareAsync(result.GetValue(published)));
        return command;
    }

    // Publishing needs the package registry, which a private network does not reach.
    private static async Task<int> PrepareAsync(string? published)
    {
        using var folder = new TemporaryFolder();
        return await PrivateNetwork.RunAgainAsync(LoadProcessor, published is null ? ["--published", await PublishedAltoDns.PublishAsync(folder)] : []);
    }

    private static async Task<int> RunAsync(string program, int records, int rate, int seconds, int runs, bool asJson)
    {
        await PrivateNetwork.BringUpAsync();
        using var folder = new TemporaryFolder();
        var zone = PointerTraffic.WriteZone(folder, records);
        var maker = new QueryMaker(AnswerStyle.Zones);
        var questions = QueryTrains.Of([.. PointerTraffic.Make(records, QueryTrains.Unit, seed: 1).Select(maker.Make)], seed: 2);
        var lanes = new List<Lane>();
        try
        {
            foreach (var recipe in TransferContenders.Make(zone, program, folder))
            {
                lanes.Add(new Lane(recipe.Name, await RunningServer.StartAsync(recipe.PinnedTo("0"), [zone], LoadTimeout), zone.Origin, records + RecordsBesides));
            }

            TakeTurns(lanes, runs);
            lanes.ForEach(lane => lane.MeasureLatency(questions, rate, seconds));
            Print(lanes, asJson);
        }
        finally
        {
            foreach (var lane in lanes)
            {
                await lane.Server.DisposeAsync();
            }
        }

        return 0;
    }

    // A server that sends zones has sent some before: the first few are not counted.
    private static void TakeTurns(List<Lane> lanes, int runs)
    {
        for (var round = -WarmUps; round < runs; round++)
        {
            foreach (var lane in lanes)
            {
                lane.Transfer(isCounted: round >= 0);
            }
        }
    }

    private static void Print(List<Lane> lanes, bool asJson) => Figures.Print(
        [.. lanes.Select(lane => lane.Row)],
        asJson,
        ("server", row => row.Server),
        ("s", row => $"{row.Seconds:F2}"),
        ("CPU s", row => $"{row.ProcessorSeconds:F2}"),
        ("MB", row => $"{row.Octets / 1e6:F1}"),
        ("messages", row => $"{row.Messages:N0}"),
        ("p50 µs idle", row => $"{row.MedianIdle:N0}"),
        ("p50 µs busy", row => $"{row.MedianBusy:N0}"),
        ("p99 µs idle", row => $"{row.SlowestHundredthIdle:N0}"),
        ("p99 µs busy", row => $"{row.SlowestHundredthBusy:N0}"),
        ("lost", row => $"{row.Lost:N0}"),
        ("transfers meanwhile", row => $"{row.TransfersMeanwhile:N0}"));

    /// <summary>Latencies are in microseconds.</summary>
    private sealed record Row(
        string Server,
        double Seconds,
        double ProcessorSeconds,
        long Octets,
        int Messages,
        double MedianIdle,
        double MedianBusy,
        double SlowestHundredthIdle,
        double SlowestHundredthBusy,
        long Lost,
        int TransfersMeanwhile);

    private sealed class Lane(string name, RunningServer server, DomainName origin, int records)
    {
        private readonly List<double> _times = [];
        private readonly List<double> _processorTimes = [];
        private readonly LatencyHistogram _idle = new();
        private readonly LatencyHistogram _busy = new();
        private Received _last;
        private long _lost;
        private int _meanwhile;

        public RunningServer Server => server;

        public Row Row => new(
            name,
            _times.Median(),
            _processorTimes.Median(),
            _last.Octets,
            _last.Messages,
            _idle.Percentile(0.5) / 1e3,
            _busy.Percentile(0.5) / 1e3,
            _idle.Percentile(0.99) / 1e3,
            _busy.Percentile(0.99) / 1e3,
            _lost,
            _meanwhile);

        public void Transfer(bool isCounted)
        {
            var before = ProcessTree.Read(server.ProcessId).ProcessorTime;
            _last = ZoneReceiver.Transfer(server.Endpoint, origin, records);
            if (isCounted)
            {
                _times.Add(_last.Elapsed.TotalSeconds);
                _processorTimes.Add((ProcessTree.Read(server.ProcessId).ProcessorTime - before).TotalSeconds);
            }
        }

        public void MeasureLatency(QueryTrains questions, int rate, int seconds)
        {
            using var load = new UdpLoad(server.Endpoint, questions);
            load.RunPaced((long)rate * seconds, rate, _idle);
            using var stop = new CancellationTokenSource();
            var transfers = Task.Run(() => TransferUntil(stop.Token), CancellationToken.None);
            _lost = load.RunPaced((long)rate * seconds, rate, _busy).Lost;
            stop.Cancel();
            _meanwhile = transfers.GetAwaiter().GetResult();
        }

        private int TransferUntil(CancellationToken stop)
        {
            var count = 0;
            while (!stop.IsCancellationRequested)
            {
                _ = ZoneReceiver.Transfer(server.Endpoint, origin, records);
                count++;
            }

            return count;
        }
    }
}
