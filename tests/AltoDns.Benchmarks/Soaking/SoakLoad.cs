// The load of a soak: queries by UDP and TCP, updates, transfers and changed files, all at once, each counted.

using System.Net;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Traffic;
using AltoDns.Benchmarks.Transfers;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Benchmarks.Soaking;

/// <summary>Runs again and again; counts go on.</summary>
internal sealed class SoakLoad : IDisposable
{
    // So many names come and go, so that there are never more.
    private const int UpdatedNames = 200;
    private const int ConnectionsAtOnce = 5;

    // SOA, NS, and the SOA again.
    private const int RecordsBesides = 3;

    private static readonly TimeSpan BetweenConnections = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BetweenUpdates = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan BetweenTransfers = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenReloads = TimeSpan.FromSeconds(2);

    private readonly IPEndPoint _server;
    private readonly ChangingZones _zones;
    private readonly int _records;
    private readonly UdpLoad _udp;
    private readonly TcpLoad _tcp;
    private readonly UpdateClient _updates;
    private readonly List<string> _faults = [];

    public SoakLoad(IPEndPoint server, ChangingZones zones, int records)
    {
        _server = server;
        _zones = zones;
        _records = records;
        var maker = new QueryMaker(AnswerStyle.Zones);
        _udp = new UdpLoad(server, QueryTrains.Of([.. PointerTraffic.Make(records, QueryTrains.Unit, seed: 1).Select(maker.Make)], seed: 2));
        _tcp = new TcpLoad(
            server, QueryTrains.Of([.. PointerTraffic.Make(records, QueryTrains.Unit, seed: 3).Select(maker.Make)], seed: 4), perConnection: 1, connections: 2, TimeSpan.FromSeconds(10));
        _updates = new UpdateClient(server, UpdatableServers.Key);
    }

    public long UdpQueries { get; private set; }

    public long TcpQueries { get; private set; }

    public long Updates { get; private set; }

    public long Transfers { get; private set; }

    public long Reloads { get; private set; }

    /// <summary>What was lost or wrong.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>All kinds at once for a time.</summary>
    public async Task RunAsync(TimeSpan time, int rate)
    {
        using var stop = new CancellationTokenSource();
        var others = new[]
        {
            RepeatAsync(BetweenConnections, AskByTcp, stop.Token),
            RepeatAsync(BetweenUpdates, Update, stop.Token),
            RepeatAsync(BetweenTransfers, Transfer, stop.Token),
            RepeatAsync(BetweenReloads, Reload, stop.Token),
        };
        var result = await Task.Factory.StartNew(
            () => _udp.RunPaced((long)(rate * time.TotalSeconds), rate, new LatencyHistogram()), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await stop.CancelAsync();
        await Task.WhenAll(others);
        UdpQueries += result.Sent;
        Note("UDP", result);
    }

    /// <summary>Where the server has counted otherwise than this load, from before it to after it.</summary>
    public IEnumerable<string> CompareWith(ServerCounters before, ServerCounters after)
    {
        foreach (var (group, name, sent) in new[]
        {
            ("udp", "received", UdpQueries + Updates),
            ("udp", "answered", UdpQueries + Updates),
            ("udp", "dropped-faults", 0),
            ("udp", "dropped-silent", 0),
            ("tcp", "received", TcpQueries + Transfers),
            ("tcp", "accepted", TcpQueries + Transfers),
            ("tcp", "faults", 0),
            ("transfers", "begun", Transfers),
            ("reload", "rejected", 0),
        })
        {
            var counted = after[group, name] - before[group, name];
            if (counted != sent)
            {
                yield return $"The server counted {counted:N0} of '{group} {name}', the load {sent:N0}.";
            }
        }

        if (after["reload", "published"] == before["reload", "published"])
        {
            yield return "No changed file was loaded.";
        }
    }

    public void Dispose()
    {
        _udp.Dispose();
        _updates.Dispose();
    }

    private static Task RepeatAsync(TimeSpan pause, Action work, CancellationToken stop) => Task.Factory.StartNew(
        () =>
        {
            do
            {
                work();
            }
            while (!stop.WaitHandle.WaitOne(pause));
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void AskByTcp()
    {
        var result = _tcp.Run(ConnectionsAtOnce, TimeSpan.FromSeconds(10));
        TcpQueries += result.Sent;
        Note("TCP", result);
    }

    // A name comes, is changed, and goes.
    private void Update()
    {
        var name = DomainName.Parse($"peer-{Updates / 2 % UpdatedNames}.{ChangingZones.Updated}");
        var update = new UpdateBuilder(ChangingZones.Updated).Delete(name, RecordType.TXT);
        update = Updates % 2 == 0 ? update.Add(name, 60, UpdateText.ReadData(RecordType.TXT, $"\"{Updates}\"")) : update;
        Updates++;
        if (_updates.Send(update) is not { Code: ResponseCode.NoError, Verdict: TsigVerdict.Verified })
        {
            Fault($"Update {Updates} was not answered as it should be.");
        }
    }

    private void Transfer()
    {
        ZoneReceiver.Transfer(_server, PointerTraffic.Origin, _records + RecordsBesides);
        Transfers++;
    }

    private void Reload()
    {
        _zones.Replace();
        Reloads++;
    }

    private void Note(string transport, LoadResult result)
    {
        if (result.Lost + result.Wrong > 0)
        {
            Fault($"{transport}: {result.Lost} lost, {result.Wrong} wrong.");
        }
    }

    private void Fault(string text)
    {
        lock (_faults)
        {
            _faults.Add(text);
        }
    }
}
