// Millions of dynamic peers: what they occupy, how soon they are back after a restart, and what updates and questions cost beside each other.

using System.Globalization;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Updating;

/// <param name="QueriesPerSecond">Sent at a fixed pace, whatever the server does.</param>
/// <param name="UpdatesPerSecond">Of all clients together.</param>
internal sealed record ManyRecords(DomainName Zone, int Records, int Clients, int QueriesPerSecond, int UpdatesPerSecond, TimeSpan Duration)
{
    private const int Questions = 4 * QueryTrains.Unit;

    // The first updates make the program's code for them ready.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(10);

    /// <summary>The zone from its file; then with all peers dynamic: asked, asked while it is updated, and asked once it has been.</summary>
    public async Task<IReadOnlyList<ManyRow>> MeasureAsync(TemporaryFolder folder)
    {
        var queries = PeerZone.Ask(Zone, Records, Questions, seed: 1).Select(new QueryMaker(AnswerStyle.Zones).Make).ToList();
        var rows = new List<ManyRow>();
        var file = PeerZone.WriteStatic(folder, Zone, Records);
        await using (var server = await RunningServer.StartAsync(AltoDnsServer.Recipe(["--zone", $"{Zone}={file.File}"]), [file], StartTimeout))
        {
            rows.Add(Measure("from its file", server, queries, updates: null));
        }

        File.Delete(file.File);
        var zone = PeerZone.Write(folder, Zone);
        var octets = PeerZone.FillStore(folder, Zone, Records);
        Figures.Note($"dynamic.db has {octets / 1e6:F0} MB");
        await using (var server = await RunningServer.StartAsync(UpdatableServers.AltoDns(folder, [zone], ["--allow-update", "key=dhcp"]), [zone], StartTimeout))
        {
            rows.Add(Measure("dynamic, as started", server, queries, updates: null));
            rows.Add(Measure("while updated", server, queries, new UpdateLoad(server.Endpoint, Zone, Clients, 1, UpdatesPerSecond)));
            rows.Add(Measure("once updated", server, queries, updates: null));
        }

        await using (var server = await RunningServer.StartAsync(UpdatableServers.AltoDns(folder, [zone], ["--allow-update", "key=dhcp"]), [zone], StartTimeout))
        {
            rows.Add(Measure("started again", server, queries, updates: null));
        }

        return rows;
    }

    private ManyRow Measure(string name, RunningServer server, IReadOnlyList<ExpectedQuery> queries, UpdateLoad? updates)
    {
        var started = ProcessTree.Read(server.ProcessId);
        using var load = new UdpLoad(server.Endpoint, QueryTrains.Of(queries, seed: 2));
        var histogram = new LatencyHistogram();

        // What the first questions make ready is not what is measured.
        _ = load.RunPaced(QueriesPerSecond, QueriesPerSecond, new LatencyHistogram());
        if (updates is not null)
        {
            new UpdateLoad(server.Endpoint, Zone, Clients, 0, UpdatesPerSecond).Run(WarmUp);
        }

        var updating = updates is null ? null : new Thread(() => updates.Run(Duration));
        updating?.Start();
        var (threads, clock) = (ThreadTimes.Read(server.ProcessId), ProcessorClock.OfTree(server.ProcessId));
        var before = clock.Read();
        var result = load.RunPaced((long)(QueriesPerSecond * Duration.TotalSeconds), QueriesPerSecond, histogram);
        var all = clock.Read() - before;
        var answering = ThreadTimes.Read(server.ProcessId).Since(threads);
        updating?.Join();
        var usage = ProcessTree.Read(server.ProcessId);
        Figures.Note($"{name}: {string.Join(", ", answering.OrderByDescending(entry => entry.Value).Take(6).Select(entry => $"{entry.Key} {entry.Value / 1e6:F0} ms"))}");
        var row = new ManyRow(
            name,
            server.ReadyAfter.TotalSeconds,
            started.ProcessorTime.TotalSeconds,
            usage.Resident.Megabytes(),
            usage.PeakResident.Megabytes(),
            result.Sent / result.Elapsed.TotalSeconds,
            result.Lost,
            result.Wrong,
            answering.Where(entry => entry.Key.StartsWith("UDP ", StringComparison.Ordinal)).Sum(entry => entry.Value) / 1000.0 / result.Answered,
            all / 1000.0 / result.Answered,
            histogram.Percentile(0.99) / 1e6,
            updates?.PerSecond ?? 0,
            updates?.Percentile(0.5) ?? 0,
            updates?.Percentile(0.99) ?? 0,
            updates?.Percentile(1) ?? 0,
            updates?.Failed ?? 0);
        Figures.Note($"{row}");
        return row;
    }
}

internal sealed record ManyRow(
    string Zone,
    double StartSeconds,
    double StartProcessorSeconds,
    double ResidentMegabytes,
    double PeakMegabytes,
    double QueriesPerSecond,
    long Lost,
    long Wrong,
    double AnswerMicroseconds,
    double AllMicroseconds,
    double LateAnswer,
    double UpdatesPerSecond,
    double Median,
    double Late,
    double Longest,
    long Failed)
{
    /// <summary>Prints what docs/performance.md quotes.</summary>
    public static void Print(IReadOnlyList<ManyRow> rows, bool asJson)
    {
        Figures.Print(
            rows,
            asJson,
            ("zone", row => row.Zone),
            ("first answer s", row => $"{row.StartSeconds:F1}"),
            ("CPU s till then", row => $"{row.StartProcessorSeconds:F1}"),
            ("VmRSS MB", row => $"{row.ResidentMegabytes:F0}"),
            ("VmHWM MB", row => $"{row.PeakMegabytes:F0}"),
            ("queries/s", row => $"{row.QueriesPerSecond:F0}"),
            ("lost", row => $"{row.Lost}"),
            ("CPU µs/query", row => $"{row.AnswerMicroseconds:F2}"),
            ("all threads", row => $"{row.AllMicroseconds:F2}"),
            ("p99 ms", row => $"{row.LateAnswer:F2}"));
        if (!asJson)
        {
            Console.Out.WriteLine();
            Figures.Print(
                rows.Where(row => row.UpdatesPerSecond > 0).ToList(),
                asJson,
                ("zone", row => row.Zone),
                ("updates/s", row => $"{row.UpdatesPerSecond:F0}"),
                ("p50 ms", row => $"{row.Median:F2}"),
                ("p99 ms", row => $"{row.Late:F2}"),
                ("longest ms", row => $"{row.Longest:F1}"),
                ("failed", row => $"{row.Failed}"));
        }
    }
}

/// <summary>The processor time of a process's threads, by name.</summary>
internal sealed record ThreadTimes(IReadOnlyDictionary<string, long> Nanoseconds)
{
    public static ThreadTimes Read(int processId)
    {
        var times = new Dictionary<string, long>();
        foreach (var folder in ProcessTree.IdsOf(processId).SelectMany(id => Directory.GetDirectories($"/proc/{id}/task")))
        {
            try
            {
                // A thread that has ended meanwhile is not there; its name may be another's as well.
                var name = File.ReadAllText($"{folder}/comm").TrimEnd();
                times[name] = times.GetValueOrDefault(name) + long.Parse(File.ReadAllText($"{folder}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
            }
        }

        return new ThreadTimes(times);
    }

    /// <summary>Nanoseconds used since an earlier reading, by name.</summary>
    public IReadOnlyDictionary<string, long> Since(ThreadTimes earlier) =>
        Nanoseconds.ToDictionary(entry => entry.Key, entry => Math.Max(0, entry.Value - earlier.Nanoseconds.GetValueOrDefault(entry.Key)));
}
