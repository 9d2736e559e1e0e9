// A zone's keys from first to second, with a real server for its parent and time that is moved by hand.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Answering;
using AltoDns.Server.Signing;
using AltoDns.Server.Tests.Answering;
using AltoDns.Server.Tests.Support;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Signing;

public sealed class KeyKeeperTests : IDisposable
{
    private static readonly DomainName Zone = DomainName.Parse("2.0.192.in-addr.arpa.");

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-keeper-").FullName;
    private readonly ManualTime _time = new();
    private readonly LogRecorder<KeyKeeper> _log = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_combined_key_rolls_once_the_parent_follows()
    {
        var parent = new ZoneStore(Parent([]));
        await using var server = TestServer.Start(new QueryProcessor(parent, new AnsweringSettings()).Process);
        var policy = new DnssecPolicy { Parents = [server.Endpoint] };
        using var keeper = Keeper();
        var set = keeper.Get(Zone, policy);
        var first = Assert.Single(set.Dnskeys).Tag();

        // A parent that reads CDS records: what the zone asks for, it has an hour later.
        for (var hour = 0; hour < 24 * 30; hour++)
        {
            keeper.Confirm(Zone, set.Generation, TimeSpan.FromHours(1));
            if (hour == 24 * 7)
            {
                using var keys = new ZoneKeys(new KeyStore(_folder), Zone); // as the command line does
                keys.RequestRoll(KeyRole.Combined);
            }

            if (set.Cds.Count > 0)
            {
                parent.Publish(Parent(set.Cds));
            }

            _time.Advance(TimeSpan.FromHours(1));
            await keeper.TakeStepsAsync(changed => set = changed, TestContext.Current.CancellationToken);
        }

        var second = Assert.Single(set.Dnskeys).Tag();
        Assert.NotEqual(first, second);
        Assert.Equal([second], set.Cds.Select(cds => cds.KeyTag));
        string[] steps = [$"1210 {first}", $"1212 {first}", $"1213 {first}", $"1216 {first}", $"1217 {first}", $"1218 {first}"];
        Assert.Equal(steps, Log(first).Where(entry => entry[..4] is not ("1214" or "1215")).Take(6));
        Assert.Contains($"1220 {first}", Log(first));
        Assert.Equal($"1224 {first}", Log(first)[^1]);
        Assert.Equal($"1218 {second}", Log(second)[^1]);
    }

    [Fact]
    public async Task Asks_over_TCP_what_does_not_fit_and_every_server()
    {
        var many = Enumerable.Range(0, 40).Select(i => new CdsData((ushort)i, DnssecAlgorithm.EcdsaP384Sha384, DigestType.Sha384, new byte[48])).ToList();
        await using var one = TestServer.Start(new QueryProcessor(new ZoneStore(Parent(many)), new AnsweringSettings()).Process);
        await using var other = TestServer.Start(new QueryProcessor(new ZoneStore(Parent(many[..30])), new AnsweringSettings()).Process);

        var observation = await Monitor().ObserveAsync(Zone, new DnssecPolicy { Parents = [one.Endpoint, other.Endpoint] }, TestContext.Current.CancellationToken);

        Assert.NotNull(observation);
        Assert.Equal((30, 40, 7200), (observation.OnEvery.Count, observation.OnAny.Count, (int)observation.TimeToLive.TotalSeconds));
    }

    [Fact]
    public async Task Knows_nothing_from_servers_that_refuse_or_do_not_know()
    {
        await using var good = TestServer.Start(new QueryProcessor(new ZoneStore(Parent([])), new AnsweringSettings()).Process);
        await using var refusing = TestServer.Start(new QueryProcessor(new ZoneStore(ZoneSet.Empty), new AnsweringSettings()).Process);
        await using var echoing = TestServer.Start(); // an answer without authority
        var monitor = Monitor();
        foreach (var bad in new[] { refusing, echoing })
        {
            Assert.Null(await monitor.ObserveAsync(Zone, new DnssecPolicy { Parents = [good.Endpoint, bad.Endpoint] }, TestContext.Current.CancellationToken));
        }

        var observation = await monitor.ObserveAsync(Zone, new DnssecPolicy { Parents = [good.Endpoint] }, TestContext.Current.CancellationToken);
        Assert.Empty(observation!.OnAny);
        Assert.Null(await monitor.ObserveAsync(Zone, new DnssecPolicy(), TestContext.Current.CancellationToken)); // no resolvers
    }

    [Fact]
    public async Task Faults_of_the_state_folder_are_said_once()
    {
        await using var server = TestServer.Start(new QueryProcessor(new ZoneStore(Parent([])), new AnsweringSettings()).Process);
        using var keeper = Keeper();
        keeper.Get(Zone, new DnssecPolicy { Parents = [server.Endpoint] });
        var state = Path.Combine(_folder, "keys", "2.0.192.in-addr.arpa", "keys.json");
        var content = await File.ReadAllTextAsync(state, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(state, "{", TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            await keeper.TakeStepsAsync(_ => Assert.Fail("Nothing changes."), TestContext.Current.CancellationToken);
        }

        Assert.Single(_log.Entries, entry => entry.Id == 1200);
        await File.WriteAllTextAsync(state, content, TestContext.Current.CancellationToken);
        await keeper.TakeStepsAsync(_ => Assert.Fail("Nothing changes."), TestContext.Current.CancellationToken);
        Assert.Single(_log.Entries, entry => entry.Id == 1200);
    }

    [Fact]
    public void Every_step_has_a_message()
    {
        foreach (var step in Enum.GetValues<KeyStep>())
        {
            KeyLog.LogStep(_log, new KeyEvent(step, Zone, KeyRole.Combined, 13, (ushort)step));
        }

        Assert.Equal(Enum.GetValues<KeyStep>().Select(step => 1210 + (int)step), _log.Entries.Select(entry => entry.Id));
    }

    private List<string> Log(ushort tag) =>
        [.. _log.Entries.Where(entry => entry.Message.Contains($" {tag} (", StringComparison.Ordinal)).Select(entry => $"{entry.Id} {tag}")];

    private KeyKeeper Keeper() => new(new KeyStore(_folder), Monitor(), _time, _log);

    private ParentMonitor Monitor() => new(_time, Path.Combine(_folder, "no-resolv.conf"));

    private static ZoneSet Parent(IEnumerable<CdsData> ds) => Asker.Load(
        "192.in-addr.arpa.",
        "@ 60 SOA ns.isp.example. hostmaster 7 1 1 1 60\n@ 60 NS ns.isp.example.\n2.0 60 NS ns.isp.example.\n"
        + string.Concat(ds.Select(record => $"2.0 7200 DS {record}\n")));
}
