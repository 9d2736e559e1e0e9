// Puts the running servers of a group into the lanes of a workload.

using AltoDns.Benchmarks.Servers;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Comparing;

/// <summary>Owns the sockets and the extra servers of its lanes.</summary>
internal sealed class LaneMaker(Workload workload) : IAsyncDisposable
{
    // So many that hardly one comes twice within the time for which the servers compared keep an answer.
    private const int QueryCount = 4 * QueryTrains.Unit;

    private const int Seed = 2;
    private const int Pipelined = 100;

    // Servers let no more than 10 connections wait to be accepted (BIND's tcp-listen-queue, Knot's constant); what comes then has to come again.
    private const int Connections = 8;

    private readonly Dictionary<AnswerStyle, QueryTrains> _trains = [];
    private readonly List<UdpLoad> _loads = [];
    private readonly List<RunningServer> _servers = [];

    /// <param name="started">The servers that are running, with their contenders.</param>
    /// <param name="data">What a server has to be started with.</param>
    public async Task<IReadOnlyList<Lane>> MakeAsync(IReadOnlyList<(Contender Contender, RunningServer Server)> started, DataSet data)
    {
        switch (workload.Exchange)
        {
            case Exchange.Udp:
                return [.. started.Select(entry => UdpLane(entry.Contender, entry.Server, TrainsFor(entry.Contender.Style)))];
            case Exchange.UdpGarbage:
                var garbage = GarbageTraffic.Make([.. Queries(AnswerStyle.Zones)], QueryCount, Seed);
                return [.. started.Where(entry => IsAltoDns(entry.Contender)).SelectMany(entry => new[]
                {
                    UdpLane(entry.Contender, entry.Server, TrainsFor(AnswerStyle.Zones)) with { Name = $"{entry.Contender.Name}: good queries" },
                    UdpLane(entry.Contender, entry.Server, garbage) with { Name = $"{entry.Contender.Name}: garbage", CountsPackets = true },
                })];
            case Exchange.UdpWorkers:
                return await WorkerLanesAsync(started, data);
            case Exchange.TcpSingle:
                return [.. started.Where(entry => entry.Contender.SpeaksTcp).Select(entry => TcpLane(entry.Contender, entry.Server, perConnection: 1, Connections))];
            default:
                return [.. started.Where(entry => entry.Contender.SpeaksTcp).Select(entry => TcpLane(entry.Contender, entry.Server, Pipelined, Connections))];
        }
    }

    public async ValueTask DisposeAsync()
    {
        _loads.ForEach(load => load.Dispose());
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private static bool IsAltoDns(Contender contender) => contender.Key == Contenders.AltoDns;

    private async Task<IReadOnlyList<Lane>> WorkerLanesAsync(IReadOnlyList<(Contender Contender, RunningServer Server)> started, DataSet data)
    {
        var lanes = new List<Lane>();
        foreach (var (contender, server) in started.Where(entry => entry.Contender.Key == Contenders.AltoDns))
        {
            var recipe = AltoDnsServer.Recipe([.. data.AltoDnsArguments, "--workers", "2"]).PinnedTo("0,1");
            var two = await RunningServer.StartAsync(recipe, data.Zones, ServerSet.LoadTimeout);
            _servers.Add(two);
            lanes.Add(UdpLane(contender, server, TrainsFor(AnswerStyle.Zones)) with { Name = "one worker" });
            lanes.Add(UdpLane(contender, two, TrainsFor(AnswerStyle.Zones)) with { Name = "two workers" });
        }

        return lanes;
    }

    private Lane UdpLane(Contender contender, RunningServer server, QueryTrains trains)
    {
        var load = new UdpLoad(server.Endpoint, trains);
        _loads.Add(load);
        return new Lane(contender.Key, contender.Name, server.ProcessId, (queries, limit) => load.Run(queries, limit))
        {
            RunPaced = load.RunPaced,
            FirstWrong = () => load.FirstWrong,
        };
    }

    private Lane TcpLane(Contender contender, RunningServer server, int perConnection, int connections)
    {
        var load = new TcpLoad(server.Endpoint, TrainsFor(contender.Style), perConnection, connections);
        return new Lane(contender.Key, contender.Name, server.ProcessId, load.Run) { FirstWrong = () => load.FirstWrong };
    }

    private QueryTrains TrainsFor(AnswerStyle style)
    {
        if (!_trains.TryGetValue(style, out var trains))
        {
            trains = QueryTrains.Of([.. Queries(style)], Seed);
            _trains.Add(style, trains);
        }

        return trains;
    }

    private IEnumerable<ExpectedQuery> Queries(AnswerStyle style) => workload.Questions(QueryCount).Select(new QueryMaker(style).Make);
}
