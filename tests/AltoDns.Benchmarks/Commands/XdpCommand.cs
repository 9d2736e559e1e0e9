// xdp: what a query costs by XDP and through sockets, over a virtual Ethernet cable.

using System.CommandLine;
using System.Diagnostics;
using System.Net;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Benchmarks.Xdp;
using AltoDns.Harness;
using AltoDns.Harness.Network;

namespace AltoDns.Benchmarks.Commands;

internal static class XdpCommand
{
    private const int ServerProcessor = 0;
    private const int LoadProcessor = 1;
    private const long WarmUp = 300_000;

    // The share of one processor that others may have used.
    private const double MostForeign = 0.05;

    private static readonly TimeSpan RoundLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var queries = new Option<long>("--queries") { Description = "Queries a round.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var inFlight = new Option<int>("--in-flight") { Description = "Queries that are under way at once.", HelpName = "N", DefaultValueFactory = _ => 256 };
        var only = new Option<string[]>("--only") { Description = "Only servers whose names have this in them. May be repeated.", HelpName = "TEXT" };
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var command = new Command("xdp", "Measure the processor time of a query by AF_XDP and through sockets, for AltoDns, NSD and Knot, over a virtual Ethernet cable between two network namespaces. Needs root.")
        {
            queries, inFlight, only, runs, json,
        };
        command.SetAction((result, _) => RunAsync(
            result.GetValue(queries), result.GetValue(inFlight), result.GetValue(only) ?? [], result.GetValue(runs), result.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(long queries, int inFlight, string[] only, int runs, bool asJson)
    {
        using var folder = new TemporaryFolder();
        var contenders = (await XdpContender.MakeAllAsync(folder))
            .Where(contender => only.Length == 0 || only.Any(text => contender.Name.Contains(text, StringComparison.OrdinalIgnoreCase)))
            .Select(contender => new Lane(contender))
            .ToList();
        var asked = MixedTraffic.IPv4.Make(QueryTrains.Unit, seed: 1).ToList();
        var traffic = contenders.Select(lane => lane.Contender.Style).Distinct().ToDictionary(style => style, style => Encode(asked, style));

        // One thread of its own: its affinity must not stay with a thread of the pool.
        await Task.Factory.StartNew(
            () => Measure(contenders, traffic, queries, inFlight, runs), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Figures.Print(
            contenders.ConvertAll(Summarize),
            asJson,
            ("server", row => row.Server),
            ("process µs/query", row => $"{row.ProcessMicroseconds:F2}"),
            ("least", row => $"{row.Least:F2}"),
            ("most", row => $"{row.Most:F2}"),
            ("its processor µs/query", row => $"{row.ProcessorMicroseconds:F2}"),
            ("machine µs/query", row => $"{row.MachineMicroseconds:F2}"),
            ("answers/s", row => $"{row.AnswersPerSecond:N0}"),
            ("lost", row => $"{row.Lost:N0}"),
            ("undisturbed", row => $"{row.Undisturbed} of {row.Rounds}"));
    }

    // All serve the same port of the same address, so each runs alone, in turns.
    private static void Measure(List<Lane> lanes, Dictionary<AnswerStyle, QueryTrains> traffic, long queries, int inFlight, int runs)
    {
        ProcessorClock.PinThread(LoadProcessor);
        for (var round = 0; round < runs; round++)
        {
            foreach (var lane in lanes)
            {
                lane.Runs.Add(MeasureOne(lane.Contender, traffic[lane.Contender.Style], queries, inFlight));
                Figures.Note($"round {round + 1}: {lane.Contender.Name} {lane.Runs[^1]}");
            }
        }
    }

    // A cable of its own: Knot leaves its program at the interface, where it would take the next server's queries.
    private static Run MeasureOne(XdpContender contender, QueryTrains traffic, long queries, int inFlight)
    {
        var network = VethPair.CreateAsync().GetAwaiter().GetResult();
        using var process = contender.Start(network, ServerProcessor);
        try
        {
            using var load = network.Client.Call(() => new UdpLoad(new IPEndPoint(VethPair.ServerAddress, XdpContender.Port), traffic));
            WaitUntilReady(contender, process, load, inFlight);
            if (HasProgram(network) != contender.UsesXdp)
            {
                throw new InvalidOperationException($"{contender.Name} {(contender.UsesXdp ? "has no" : "has a")} program at the interface.");
            }

            return MeasureOne(contender, process.Id, load, queries, inFlight);
        }
        finally
        {
            XdpContender.End(process);
            network.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static bool HasProgram(VethPair network) =>
        NetworkNamespace.IpAsync("-n", network.Server.Name, "-details", "link", "show", VethPair.ServerInterface).GetAwaiter().GetResult().Contains("prog/xdp", StringComparison.Ordinal);

    private static void WaitUntilReady(XdpContender contender, Process process, UdpLoad load, int inFlight)
    {
        var clock = Stopwatch.StartNew();
        while (load.Run(1, RoundLimit).Answered == 0)
        {
            if (process.HasExited || clock.Elapsed > StartTimeout)
            {
                throw new InvalidOperationException($"{contender.Name} does not answer.");
            }
        }

        load.Run(WarmUp, RoundLimit, inFlight);
    }

    private static Run MeasureOne(XdpContender contender, int processId, UdpLoad load, long queries, int inFlight)
    {
        var others = new ForeignUse();
        var clock = ProcessorClock.OfTree(processId);
        var process = clock.Read();
        var system = SystemTime.Read();
        var result = load.Run(queries, RoundLimit, inFlight);
        var processTime = clock.Read() - process;
        var after = SystemTime.Read();
        return result.Wrong > 0
            ? throw new UnreachableException($"{contender.Name} gave {result.Wrong} wrong answers; {load.FirstWrong}")
            : new Run(
                processTime / 1e3 / result.Answered,
                (after.Processors[ServerProcessor] - system.Processors[ServerProcessor]).TotalMicroseconds / result.Answered,
                (after.Total - system.Total).TotalMicroseconds / result.Answered,
                result.Answered / result.Elapsed.TotalSeconds,
                result.Lost,
                others.Share());
    }

    private static QueryTrains Encode(List<Asked> asked, AnswerStyle style)
    {
        var maker = new QueryMaker(style);
        return QueryTrains.Of([.. asked.Select(maker.Make)], seed: 2);
    }

    // Rounds in which others used next to nothing count alone, where there are any.
    private static Row Summarize(Lane lane)
    {
        var undisturbed = lane.Runs.Where(run => run.Foreign <= MostForeign).ToList();
        var runs = undisturbed.Count > 0 ? undisturbed : lane.Runs;
        return new Row(
            lane.Contender.Name,
            runs.Select(run => run.ProcessMicroseconds).Median(),
            runs.Min(run => run.ProcessMicroseconds),
            runs.Max(run => run.ProcessMicroseconds),
            runs.Select(run => run.ProcessorMicroseconds).Median(),
            runs.Select(run => run.MachineMicroseconds).Median(),
            runs.Select(run => run.AnswersPerSecond).Median(),
            runs.Sum(run => run.Lost),
            undisturbed.Count,
            lane.Runs.Count);
    }

    private sealed record Lane(XdpContender Contender)
    {
        public List<Run> Runs { get; } = [];
    }

    private sealed record Run(double ProcessMicroseconds, double ProcessorMicroseconds, double MachineMicroseconds, double AnswersPerSecond, long Lost, double Foreign);

    private sealed record Row(
        string Server,
        double ProcessMicroseconds,
        double Least,
        double Most,
        double ProcessorMicroseconds,
        double MachineMicroseconds,
        double AnswersPerSecond,
        long Lost,
        int Undisturbed,
        int Rounds);
}
