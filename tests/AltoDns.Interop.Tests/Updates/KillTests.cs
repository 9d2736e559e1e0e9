// What was acknowledged is there after a crash: the server is killed at random moments under a stream of updates.

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Interop.Tests.Updates;

public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>Another number of kills than 5.</summary>
    public const string KillsVariable = "ALTODNS_UPDATE_KILLS";

    private const int Clients = 4;
    private static readonly DomainName Zone = DomainName.Parse("kill.example.");

    [Fact]
    public async Task Keeps_what_it_acknowledged_when_it_is_killed()
    {
        using var folder = new TemporaryFolder();
        var kills = int.TryParse(Environment.GetEnvironmentVariable(KillsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 5;
        var zone = new ServedZone(Zone, folder.Write("kill.zone", $"$ORIGIN {Zone}\n$TTL 60\n@ SOA ns1 host 10 3600 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\n"));
        var port = LoopbackPort.Find();
        var knotPort = LoopbackPort.Find();
        var recipe = UpdatableServers.AltoDns(folder, [zone], ["--allow-update", "key=dhcp", "--notify", $"127.0.0.1:{knotPort}"])
            with { Endpoint = new IPEndPoint(IPAddress.Loopback, port) };
        var model = new KilledZone();
        await using var secondary = await StartSecondaryAsync(folder, recipe, zone, port, knotPort);
        for (var kill = 0; kill < kills; kill++)
        {
            await using var server = await RunningServer.StartAsync(recipe, [zone], TimeSpan.FromSeconds(120));
            await model.CheckAsync(server, Zone);
            await KillWhileUpdatingAsync(server, model, new Random(kill));
        }

        await using var last = await RunningServer.StartAsync(recipe, [zone], TimeSpan.FromSeconds(120));
        await model.CheckAsync(last, Zone);
        await FollowsAsync(secondary, last);
        output.WriteLine($"{kills} kills, {model.Acknowledged} updates acknowledged, {model.Unknown} without an answer");
        Assert.True(model.Acknowledged > kills, $"Only {model.Acknowledged} updates were acknowledged.");
    }

    private static async Task KillWhileUpdatingAsync(RunningServer server, KilledZone model, Random random)
    {
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => Update(server.Endpoint, model, client, stop.Token), CancellationToken.None)).ToList();

        // At least one update is on its way; then at any moment.
        var before = model.Acknowledged;
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (model.Acknowledged == before && patience.Elapsed < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(1, CancellationToken.None);
        }

        await Task.Delay(random.Next(120), CancellationToken.None);
        await server.KillAsync();
        await stop.CancelAsync();
        await Task.WhenAll(clients);
    }

    // Each update changes two names, so that half of one would be seen.
    private static void Update(IPEndPoint server, KilledZone model, int client, CancellationToken stop)
    {
        using var socket = new UpdateClient(server, UpdatableServers.Key) { Patience = TimeSpan.FromMilliseconds(1500) };
        while (!stop.IsCancellationRequested)
        {
            var number = model.Begin(client);
            var (left, right) = KilledZone.NamesOf(client, Zone);
            var data = UpdateText.ReadData(RecordType.TXT, $"\"{number}\"");
            var update = new UpdateBuilder(Zone).Delete(left, RecordType.ANY).Delete(right, RecordType.ANY).Add(left, 60, data).Add(right, 60, data);
            if (socket.Send(update) is { Code: ResponseCode.NoError, Verdict: TsigVerdict.Verified })
            {
                model.Acknowledge(client, number);
            }
        }
    }

    private static async Task<RunningServer> StartSecondaryAsync(TemporaryFolder folder, ServerRecipe recipe, ServedZone zone, int port, int knotPort)
    {
        await using var first = await RunningServer.StartAsync(recipe, [zone], TimeSpan.FromSeconds(120));
        var knot = new ServerRecipe(KnotServer.Name, ToolRunner.Require("knotd"), (own, _) => ["--config", own.Write("knot.conf", $"""
            server:
                listen: 127.0.0.1@{knotPort}
                rundir: "{own.Path}"
                pidfile: "{own.Path}/knot.pid"
            log:
              - target: stderr
                any: info
            remote:
              - id: primary
                address: 127.0.0.1@{port}
            acl:
              - id: notify
                address: 127.0.0.1
                action: notify
              - id: transfer
                action: transfer
            database:
                storage: "{own.Path}"
            zone:
              - domain: {Zone}
                storage: "{own.Path}"
                master: primary
                acl: [notify, transfer]

            """)]) { Endpoint = new IPEndPoint(IPAddress.Loopback, knotPort) };
        return await RunningServer.StartAsync(knot, [zone], TimeSpan.FromSeconds(60));
    }

    private static async Task FollowsAsync(RunningServer secondary, RunningServer primary)
    {
        using var client = new UpdateClient(primary.Endpoint, UpdatableServers.Key);
        client.Send(UpdateText.Parse(Zone, ["update add last.kill.example. 60 TXT \"x\""]));
        var wanted = await UpdatableServers.TransferAsync(primary, Zone);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        IReadOnlyList<string> got = [];
        while (clock.Elapsed < TimeSpan.FromSeconds(60) && !got.SequenceEqual(wanted))
        {
            await Task.Delay(100);
            got = await UpdatableServers.TransferAsync(secondary, Zone);
        }

        Assert.Equal(wanted, got);
        Assert.DoesNotContain("semantic", secondary.Log, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("IXFR", secondary.Log, StringComparison.Ordinal);
    }

    /// <summary>What clients did, and what they were told.</summary>
    private sealed class KilledZone
    {
        private readonly int[] _begun = new int[Clients];
        private readonly ConcurrentDictionary<int, int> _acknowledged = [];
        private int _count;
        private long _serial;

        public int Acknowledged => Volatile.Read(ref _count);

        public int Unknown => _begun.Sum() - Acknowledged;

        public static (DomainName Left, DomainName Right) NamesOf(int client, DomainName zone) =>
            (DomainName.Parse($"left{client}.{zone}"), DomainName.Parse($"right{client}.{zone}"));

        public int Begin(int client) => ++_begun[client];

        public void Acknowledge(int client, int number)
        {
            _acknowledged[client] = number;
            Interlocked.Increment(ref _count);
        }

        public async Task CheckAsync(RunningServer server, DomainName zone)
        {
            for (var client = 0; client < Clients; client++)
            {
                var (left, right) = NamesOf(client, zone);
                var (first, second) = (await NumberAsync(server, left), await NumberAsync(server, right));
                Assert.Equal(first, second);
                Assert.InRange(first, _acknowledged.GetValueOrDefault(client), _begun[client]);
            }

            var soa = await ToolRunner.RunAsync("dig", [$"@{server.Endpoint.Address}", "-p", $"{server.Endpoint.Port}", "+short", zone.ToString(), "SOA"]);
            var serial = long.Parse(soa.Output.Split(' ')[2], CultureInfo.InvariantCulture);
            Assert.True(serial >= _serial, $"The serial went from {_serial} back to {serial}.");
            _serial = serial;
        }

        private static async Task<int> NumberAsync(RunningServer server, DomainName name)
        {
            var answer = await ToolRunner.RunAsync("dig", [$"@{server.Endpoint.Address}", "-p", $"{server.Endpoint.Port}", "+short", name.ToString(), "TXT"]);
            var lines = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length <= 1, answer.ToString());
            return lines.Length == 0 ? 0 : int.Parse(lines[0].Trim('"'), CultureInfo.InvariantCulture);
        }
    }
}
