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
        lanes,
        asJson,
        ("server", lane => lane.Name),
        ("s", lane => $"{lane.Times.Median():F2}"),
        ("CPU s", lane => $"{lane.ProcessorTimes.Median():F2}"),
        ("MB", lane => $"{lane.Last.Octets / 1e6:F1}"),
        ("messages", lane => $"{lane.Last.Messages:N0}"),
        ("p50 µs idle", lane => $"{lane.Idle.Percentile(0.5) / 1e3:N0}"),
        ("p50 µs busy", lane => $"{lane.Busy.Percentile(0.5) / 1e3:N0}"),
        ("p99 µs idle", lane => $"{lane.Idle.Percentile(0.99) / 1e3:N0}"),
        ("p99 µs busy", lane => $"{lane.Busy.Percentile(0.99) / 1e3:N0}"),
        ("lost", lane => $"{lane.Lost:N0}"),
        ("transfers meanwhile", lane => $"{lane.Meanwhile:N0}"));

    private sealed class Lane(string name, RunningServer server, DomainName origin, int records)
    {
        public string Name => name;

        public RunningServer Server => server;

        public List<double> Times { get; } = [];

        public List<double> ProcessorTimes { get; } = [];

        public LatencyHistogram Idle { get; } = new();

        public LatencyHistogram Busy { get; } = new();

        public Received Last { get; private set; }

        public long Lost { get; private set; }

        public int Meanwhile { get; private set; }

        public void Transfer(bool isCounted)
        {
            var before = ProcessTree.Read(server.ProcessId).ProcessorTime;
            Last = ZoneReceiver.Transfer(server.Endpoint, origin, records);
            if (isCounted)
            {
                Times.Add(Last.Elapsed.TotalSeconds);
                ProcessorTimes.Add((ProcessTree.Read(server.ProcessId).ProcessorTime - before).TotalSeconds);
            }
        }

        public void MeasureLatency(QueryTrains questions, int rate, int seconds)
        {
            using var load = new UdpLoad(server.Endpoint, questions);
            load.RunPaced((long)rate * seconds, rate, Idle);
            using var stop = new CancellationTokenSource();
            var transfers = Task.Run(() => TransferUntil(stop.Token), CancellationToken.None);
            Lost = load.RunPaced((long)rate * seconds, rate, Busy).Lost;
            stop.Cancel();
            Meanwhile = transfers.GetAwaiter().GetResult();
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
