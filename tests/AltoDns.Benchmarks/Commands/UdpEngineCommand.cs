// udp-engine: what a query costs with each of the two ways to read and write datagrams.

using System.CommandLine;
using System.Diagnostics;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Commands;

internal static class UdpEngineCommand
{
    private const string ServerProcessor = "0";
    private const int LoadProcessor = 1;
    private const int InFlight = 256;
    private const long WarmUp = 200_000;

    private static readonly TimeSpan RoundLimit = TimeSpan.FromMinutes(1);

    private static readonly string[] Engines = ["sockets", "fastest"];

    public static Command Create()
    {
        var queries = new Option<long>("--queries") { Description = "Queries a round.", HelpName = "N", DefaultValueFactory = _ => 500_000 };
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var command = new Command("udp-engine", "Measure the processor time that a query costs AltoDns with each UDP engine, the server on one processor and the load on another.")
        {
            queries, runs, json,
        };
        command.SetAction((result, _) => RunAsync(result.GetValue(queries), result.GetValue(runs), result.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(long queries, int runs, bool asJson)
    {
        using var folder = new TemporaryFolder();
        var policy = Path.Combine(folder.Path, "policy.yaml");
        MixedTraffic.IPv4.WritePolicy(policy);
        var maker = new QueryMaker(AnswerStyle.Zones);
        var traffic = QueryTrains.Of([.. MixedTraffic.IPv4.Make(QueryTrains.Unit, seed: 1).Select(maker.Make)], seed: 2);
        var contenders = new List<Contender>();
        try
        {
            foreach (var engine in Engines)
            {
                var server = await RunningServer.StartAsync(
                    AltoDnsServer.Recipe([policy, "--workers", "1", "--udp-engine", engine]).PinnedTo(ServerProcessor), MixedTraffic.IPv4.Zones, RoundLimit);
                contenders.Add(new Contender(engine, server, new UdpLoad(server.Endpoint, traffic)));
            }

            // One thread of its own: its affinity must not stay with a thread of the pool.
            await Task.Factory.StartNew(
                () => Measure(contenders, queries, runs), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            foreach (var contender in contenders)
            {
                contender.Load.Dispose();
                await contender.Server.DisposeAsync();
            }
        }

        Figures.Print(
            contenders.ConvertAll(Summarize),
            asJson,
            ("engine", row => row.Engine),
            ("CPU µs/query", row => $"{row.ProcessorMicroseconds:F2}"),
            ("least", row => $"{row.Least:F2}"),
            ("most", row => $"{row.Most:F2}"),
            ("answers/s", row => $"{row.AnswersPerSecond:N0}"),
            ("lost", row => $"{row.Lost:N0}"));
    }

    private static void Measure(List<Contender> contenders, long queries, int runs)
    {
        ProcessorClock.PinThread(LoadProcessor);
        contenders.ForEach(contender => contender.Load.Run(WarmUp, RoundLimit, InFlight));

        // In turns, so that what else the machine does falls on all of them.
        for (var round = 0; round < runs; round++)
        {
            foreach (var contender in contenders)
            {
                var before = ProcessTree.Read(contender.Server.ProcessId).ProcessorTime;
                var result = contender.Load.Run(queries, RoundLimit, InFlight);
                var processorTime = ProcessTree.Read(contender.Server.ProcessId).ProcessorTime - before;
                if (result.Wrong > 0)
                {
                    throw new UnreachableException($"{contender.Engine} gave {result.Wrong} wrong answers.");
                }

                contender.Runs.Add(new Run(
                    processorTime.TotalMicroseconds / result.Answered, result.Answered / result.Elapsed.TotalSeconds, result.Lost));
                Figures.Note($"round {round + 1}: {contender.Engine} {contender.Runs[^1]}");
            }
        }
    }

    private static Row Summarize(Contender contender) => new(
        contender.Engine,
        contender.Runs.Select(run => run.ProcessorMicroseconds).Median(),
        contender.Runs.Min(run => run.ProcessorMicroseconds),
        contender.Runs.Max(run => run.ProcessorMicroseconds),
        contender.Runs.Select(run => run.AnswersPerSecond).Median(),
        contender.Runs.Sum(run => run.Lost));

    private sealed record Contender(string Engine, RunningServer Server, UdpLoad Load)
    {
        public List<Run> Runs { get; } = [];
    }

    private sealed record Run(double ProcessorMicroseconds, double AnswersPerSecond, long Lost);

    private sealed record Row(string Engine, double ProcessorMicroseconds, double Least, double Most, double AnswersPerSecond, long Lost);
}
