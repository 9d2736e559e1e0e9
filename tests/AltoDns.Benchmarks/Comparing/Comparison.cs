// Runs the workloads that are wanted, group by group, and collects the figures.

using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Servers;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Comparing;

/// <param name="Workloads">Keys.</param>
/// <param name="Rounds">Of every figure.</param>
/// <param name="Queries">Of a round, at most.</param>
/// <param name="Limit">How long a round may take.</param>
/// <param name="ForeignLimit">The share of a processor that others may use in a round that counts.</param>
internal sealed record ComparisonSettings(IReadOnlyList<string> Workloads, int Rounds, long Queries, TimeSpan Limit, double ForeignLimit);

internal sealed class Comparison(IReadOnlyList<Contender> all, ComparisonSettings settings)
{
    private const double PacedRate = 20_000;
    private const double PacedSeconds = 2;

    // A hundredth of the time decides on the 99th percentile.
    private const double PacedStrictness = 10;

    // .NET compiles what is used much anew in the background, and only when nothing new has been used for 100 ms.
    private static readonly TimeSpan WarmUpPause = TimeSpan.FromMilliseconds(300);

    public async Task<IReadOnlyList<GroupReport>> RunAsync()
    {
        var reports = new List<GroupReport>();
        foreach (var group in Workloads.All)
        {
            var wanted = group.Workloads.Where(workload => settings.Workloads.Contains(workload.Key, StringComparer.Ordinal)).ToList();
            if (wanted.Count > 0)
            {
                reports.Add(await RunGroupAsync(group with { Workloads = wanted }));
            }
        }

        return reports;
    }

    private async Task<GroupReport> RunGroupAsync(WorkloadGroup group)
    {
        Figures.Note($"Data: {group.Title}");
        var contenders = all.Where(contender => !group.Without.Contains(contender.Key, StringComparer.Ordinal)).ToList();
        using var folder = new TemporaryFolder();
        var data = await group.MakeDataAsync(folder);
        var starts = contenders.ToDictionary(contender => contender.Key, _ => new List<double>(), StringComparer.Ordinal);
        for (var round = 1; group.StartsInRounds && round < settings.Rounds; round++)
        {
            await using var passing = new ServerSet();
            await passing.StartAsync(contenders, data);
            NoteStarts(passing, starts);
        }

        await using var servers = new ServerSet();
        await servers.StartAsync(contenders, data);
        NoteStarts(servers, starts);
        await servers.SettleAsync();
        var workloads = new List<WorkloadReport>();
        IReadOnlyList<StartRow> rows = [];
        foreach (var workload in group.Workloads)
        {
            workloads.Add(await RunWorkloadAsync(workload, servers, data));
            rows = rows.Count > 0 ? rows : [.. servers.Started.Select(entry => StartRowOf(entry.Contender, entry.Server, starts[entry.Contender.Key]))];
        }

        return new GroupReport(group.Title, rows, servers.Failed, workloads);
    }

    private async Task<WorkloadReport> RunWorkloadAsync(Workload workload, ServerSet servers, DataSet data)
    {
        Figures.Note($"Workload: {workload.Title}");
        await using var maker = new LaneMaker(workload);
        var lanes = await maker.MakeAsync(servers.Started, data);
        foreach (var lane in lanes)
        {
            // The just-in-time compiler and every cache are to be done with their work.
            lane.Measure(settings.Queries / 2, settings.Limit);
            await Task.Delay(WarmUpPause);
            lane.Measure(settings.Queries / 2, settings.Limit);
        }

        var turns = new Turns(settings.Rounds, settings.ForeignLimit);
        turns.Take(lanes, lane => lane.Measure(settings.Queries, settings.Limit), (lane, round) => lane.Rounds.Add(round));
        if (workload.IsPaced)
        {
            var queries = (long)Math.Min(settings.Queries, PacedRate * PacedSeconds);
            lanes.ToList().ForEach(lane => lane.MeasurePaced(queries, PacedRate));
            var pacedTurns = new Turns(settings.Rounds, settings.ForeignLimit / PacedStrictness);
            pacedTurns.Take(lanes, lane => lane.MeasurePaced(queries, PacedRate), (lane, round) => lane.PacedRounds.Add(round));
            turns.Include(pacedTurns);
        }

        var own = workload.Exchange is Exchange.UdpGarbage or Exchange.UdpWorkers ? null : lanes.FirstOrDefault(lane => lane.Key == Contenders.AltoDns);
        return new WorkloadReport(workload.Key, workload.Title, CostsOf(lanes, own), LatenciesOf(lanes), turns.Repeated, turns.Disturbed);
    }

    private static void NoteStarts(ServerSet servers, Dictionary<string, List<double>> starts)
    {
        foreach (var (contender, server) in servers.Started)
        {
            starts[contender.Key].Add(server.ReadyAfter.TotalSeconds);
        }
    }

    private static StartRow StartRowOf(Contender contender, RunningServer server, List<double> starts)
    {
        var usage = ProcessTree.Read(server.ProcessId);
        return new StartRow(contender.Key, contender.Name, starts.Median(), usage.Proportional.Megabytes(), usage.Resident.Megabytes());
    }

    private static IReadOnlyList<CostRow> CostsOf(IReadOnlyList<Lane> lanes, Lane? own) =>
    [
        .. lanes.Select(lane => new CostRow(
            lane.Key,
            lane.Name,
            lane.Median(round => round.Microseconds),
            lane.Rounds.Min(round => round.Microseconds),
            lane.Rounds.Max(round => round.Microseconds),
            own?.Median(round => round.Microseconds) / lane.Median(round => round.Microseconds),
            lane.Median(round => round.PerSecond),
            lane.Rounds.Sum(round => round.Lost),
            lane.Median(round => round.Octets))),
    ];

    private static IReadOnlyList<LatencyRow> LatenciesOf(IReadOnlyList<Lane> lanes) =>
    [
        .. lanes.Where(lane => lane.PacedRounds.Count > 0).Select(lane => new LatencyRow(
            lane.Key,
            lane.Name,
            lane.MedianPaced(round => round.Median),
            lane.MedianPaced(round => round.P99),
            lane.MedianPaced(round => round.P999),
            lane.PacedRounds.Sum(round => round.Lost))),
    ];
}
