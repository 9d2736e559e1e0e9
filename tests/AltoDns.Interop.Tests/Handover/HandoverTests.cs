// A new generation of the server takes over under load: every query, by UDP and by TCP, is answered by one of the two.

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Handover;

public sealed class HandoverTests(ITestOutputHelper output)
{
    /// <summary>Another rate by UDP than 20,000 queries a second; a quarter of it where there is a gap.</summary>
    public const string RateVariable = "ALTODNS_HANDOVER_RATE";

    private const int Records = 10_000;
    private const int Generations = 3;
    private const int SliceSeconds = 4;

    // Nobody reads from the end of one generation to the start of the next, and a JIT-compiled program may take seconds for that on a busy machine.
    private const int RestartShare = 4;
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(12);
    private const int ConnectionsAtOnce = 10;
    private static readonly TimeSpan MostBetween = TimeSpan.FromSeconds(30);

    private static int Rate => int.TryParse(Environment.GetEnvironmentVariable(RateVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var rate) ? rate : 20_000;

    [Fact]
    public async Task Loses_no_query_when_a_successor_takes_over()
    {
        using var folder = new TemporaryFolder();
        var (endpoint, arguments) = Prepare(folder);
        var server = ServerProcess.Start(arguments);
        try
        {
            await server.AnnouncedAsync();
            var load = new Load(endpoint, Rate);
            for (var generation = 1; generation < Generations; generation++)
            {
                var successor = ServerProcess.Start([.. arguments, "--take-over"]);
                var predecessor = server;
                server = successor;
                await successor.AnnouncedAsync();
                await predecessor.EndedAsync();
                output.WriteLine(predecessor.Log);
                await predecessor.DisposeAsync();
            }

            await load.EndsWithoutLossAsync(output);
        }
        finally
        {
            await server.DisposeAsync();
            output.WriteLine(server.Log);
        }
    }

    [Fact]
    public async Task Loses_no_query_when_the_service_manager_restarts_it()
    {
        using var folder = new TemporaryFolder();
        var (endpoint, arguments) = Prepare(folder);
        using var manager = new ServiceManagerStandIn(folder);
        var server = manager.Start(arguments);
        try
        {
            await manager.ToldAsync("READY=1");
            await manager.ToldAsync("STATUS=Serving 1 zone on ");
            await manager.ToldAsync("WATCHDOG=1");
            manager.Forget();
            server.Hangup();
            await manager.ToldAsync("RELOADING=1");
            await manager.ToldAsync("READY=1");

            var load = new Load(endpoint, Rate / RestartShare);
            for (var generation = 1; generation < Generations; generation++)
            {
                server.Terminate();
                await manager.ToldAsync("STOPPING=1");
                await server.EndedAsync();
                output.WriteLine(server.Log);
                await server.DisposeAsync();
                server = manager.Start(arguments);
                await manager.ToldAsync("READY=1");
            }

            await load.EndsWithoutLossAsync(output);
            Assert.Equal(["tcp", "udp"], manager.Kept.Select(name => name[..3]).Distinct().Order());
        }
        finally
        {
            await server.DisposeAsync();
            output.WriteLine(server.Log);
        }
    }

    [Fact]
    public async Task Goes_on_answering_when_the_successor_cannot_start()
    {
        using var folder = new TemporaryFolder();
        var (endpoint, arguments) = Prepare(folder);
        await using var server = ServerProcess.Start(arguments);
        await server.AnnouncedAsync();
        await using var successor = ServerProcess.Start([.. arguments, "--take-over", "--listen", "192.0.2.1:5300"]);
        await Testing.Eventually.IsTrue(() => successor.HasExited, "an address that nobody has cannot be listened on");
        Assert.Contains("Cannot listen on 192.0.2.1:5300", successor.Log, StringComparison.Ordinal);
        var asked = PointerTraffic.AskedOf(7);
        var answer = await new DnsClient(endpoint).AskAsync(new Query(asked.Name, asked.Type));
        Assert.Single(answer.Answers);

        // The next one can.
        await using var next = ServerProcess.Start([.. arguments, "--take-over"]);
        await next.AnnouncedAsync();
        await server.EndedAsync();
        Assert.Single((await new DnsClient(endpoint).AskAsync(new Query(asked.Name, asked.Type))).Answers);
    }

    [Fact]
    public async Task Refuses_no_connection_by_HTTP_when_a_successor_takes_over()
    {
        using var folder = new TemporaryFolder();
        var (_, arguments) = Prepare(folder);
        var port = LoopbackPort.Find();
        arguments = [.. arguments, "--http", $"{port}"];
        using var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
        var status = new Uri($"http://127.0.0.1:{port}/status.json");
        var processes = new ConcurrentDictionary<int, int>();
        using var enough = new CancellationTokenSource();
        var server = ServerProcess.Start(arguments);
        try
        {
            await server.AnnouncedAsync();
            var asking = Task.Run(() => AskAsync(client, status, processes, enough.Token));
            for (var generation = 1; generation < Generations; generation++)
            {
                var predecessor = server;
                server = ServerProcess.Start([.. arguments, "--take-over"]);
                await server.AnnouncedAsync();
                await predecessor.EndedAsync();
                await predecessor.DisposeAsync();
                var successor = server.Id;
                await Testing.Eventually.IsTrue(() => processes.ContainsKey(successor) || asking.IsCompleted, "the successor answers by HTTP");
            }

            await enough.CancelAsync();
            await asking;
            output.WriteLine(string.Join(", ", processes.Select(process => $"{process.Value} answers of {process.Key}")));
            Assert.Equal(Generations, processes.Count);
        }
        finally
        {
            await enough.CancelAsync();
            await server.DisposeAsync();
            output.WriteLine(server.Log);
        }
    }

    // Each request on a connection of its own, which nobody may refuse. A server that ends closes those that have asked nothing yet, as at any time.
    private static async Task AskAsync(HttpClient client, Uri status, ConcurrentDictionary<int, int> processes, CancellationToken enough)
    {
        var closed = 0;
        while (!enough.IsCancellationRequested)
        {
            try
            {
                using var answer = JsonDocument.Parse(await client.GetStringAsync(status, CancellationToken.None));
                processes.AddOrUpdate(answer.RootElement.GetProperty("processId").GetInt32(), 1, (_, count) => count + 1);
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError != HttpRequestError.ConnectionError && ++closed < Generations)
            {
            }
        }
    }

    // The buffers hold what comes while no process reads: a JIT-compiled program on a busy machine takes its time to start.
    private static (IPEndPoint Endpoint, string[] Arguments) Prepare(TemporaryFolder folder)
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, LoopbackPort.Find());
        var zone = PointerTraffic.WriteZone(folder, Records);
        return (endpoint, ["--listen", $"{endpoint}", "--zone", $"{zone.Origin}={zone.File}", "--state", folder.MakeFolder("state"), "--udp-receive-buffer", "64MiB"]);
    }

    /// <summary>Queries by UDP at a fixed rate and by TCP, one on each connection, from now on.</summary>
    private sealed class Load
    {
        private readonly Task<(LoadResult Result, LatencyHistogram Histogram)> _udp;
        private readonly Task<LoadResult> _tcp;
        private readonly int _rate;
        private volatile bool _enough;

        public Load(IPEndPoint endpoint, int rate)
        {
            _rate = rate;
            var trains = TrainsOf(seed: 1);
            var tcpTrains = TrainsOf(seed: 2);
            _udp = Task.Factory.StartNew(() => RunUdp(endpoint, trains), TaskCreationOptions.LongRunning);
            _tcp = Task.Factory.StartNew(() => RunTcp(endpoint, tcpTrains), TaskCreationOptions.LongRunning);
        }

        public async Task EndsWithoutLossAsync(ITestOutputHelper output)
        {
            _enough = true;
            var (udp, histogram) = await _udp;
            var tcp = await _tcp;
            output.WriteLine($"UDP: {udp.Sent} sent, {udp.Answered} answered, {udp.Lost} lost, {udp.Wrong} wrong; slowest {histogram.Percentile(1) / 1e6:F0} ms");
            output.WriteLine($"TCP: {tcp.Sent} sent, {tcp.Answered} answered, {tcp.Lost} lost, {tcp.Wrong} wrong");
            Assert.True(udp.Sent > 0 && tcp.Sent > 0);
            Assert.Equal((udp.Sent, 0, 0), (udp.Answered, udp.Lost, udp.Wrong));
            Assert.Equal((tcp.Sent, 0, 0), (tcp.Answered, tcp.Lost, tcp.Wrong));
        }

        private static QueryTrains TrainsOf(int seed) =>
            QueryTrains.Of([.. PointerTraffic.Make(Records, QueryTrains.Unit, seed).Select(new QueryMaker(AnswerStyle.Zones).Make)], seed);

        private (LoadResult Result, LatencyHistogram Histogram) RunUdp(IPEndPoint endpoint, QueryTrains trains)
        {
            using var load = new UdpLoad(endpoint, trains, patience: LongestGap);
            var histogram = new LatencyHistogram();
            var sum = new LoadResult(0, 0, 0, 0, 0, TimeSpan.Zero);
            do
            {
                var result = load.RunPaced(_rate * SliceSeconds, _rate, histogram);
                sum = Add(sum, result);
            }
            while (!_enough);
            return (sum, histogram);
        }

        private LoadResult RunTcp(IPEndPoint endpoint, QueryTrains trains)
        {
            var load = new TcpLoad(endpoint, trains, perConnection: 1, connections: 4, MostBetween);
            var sum = new LoadResult(0, 0, 0, 0, 0, TimeSpan.Zero);
            var pause = new ManualResetEventSlim();
            do
            {
                sum = Add(sum, load.Run(ConnectionsAtOnce, MostBetween));

                // Closed loops take whatever the processors have; this one is to leave the server some.
                pause.Wait(TimeSpan.FromMilliseconds(10));
            }
            while (!_enough);
            return sum;
        }

        private static LoadResult Add(LoadResult left, LoadResult right) => new(
            left.Sent + right.Sent,
            left.Answered + right.Answered,
            left.Lost + right.Lost,
            left.Wrong + right.Wrong,
            left.AnswerOctets + right.AnswerOctets,
            left.Elapsed + right.Elapsed);
    }
}
