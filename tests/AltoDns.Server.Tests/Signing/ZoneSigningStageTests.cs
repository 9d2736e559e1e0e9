// Zones signed on their way to being served: at the start, after changes, as time passes, and when something is in the way.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Reloading;
using AltoDns.Server.Signing;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Server.Tests.Signing;

public sealed class ZoneSigningStageTests : IAsyncDisposable
{
    private static readonly DomainName Origin = DomainName.Parse("2.0.192.in-addr.arpa.");

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-signing-").FullName;
    private readonly ManualTime _time = new();
    private readonly LogRecorder<ZoneSigningStage> _log = new();
    private readonly List<Server> _servers = [];
    private DnssecPolicy? _policy = new();
    private string _records = "1 PTR one.example.";
    private uint _serial = 100;
    private bool _isFaulty;

    private string State => Path.Combine(_folder, "state");

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.Reloader.DisposeAsync();
            server.Keeper.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_first_load_makes_keys_and_serves_a_valid_zone()
    {
        var server = await StartAsync();
        AssertValid(server);
        Assert.Equal(100u, server.Zone.Serial);
        Assert.Contains(_log.Entries, entry => entry.Id == 1230);
        Assert.True(Directory.Exists(Path.Combine(State, "keys")));
    }

    [Fact]
    public async Task A_change_is_signed_with_few_signatures_and_a_greater_serial()
    {
        _records = string.Join('\n', Enumerable.Range(1, 200).Select(host => $"{host} PTR host{host}.example."));
        var server = await StartAsync();
        _records += "\n201 PTR more.example.";
        await server.Reloader.ReloadAsync("a test");
        AssertValid(server);
        Assert.Equal(101u, server.Zone.Serial);
        Assert.Contains(", serial 101: made 4 signatures", _log.Entries.Last(entry => entry.Id == 1230).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signatures_hold_for_as_long_as_the_server_runs()
    {
        var server = await StartAsync();
        for (var hours = 0; hours < 24 * 60; hours += 6)
        {
            _time.Advance(TimeSpan.FromHours(6));
            await LookAsync(server);
            AssertValid(server);
        }

        // A zone of a few names is signed anew some times in each lifetime of two weeks, not at each look.
        Assert.InRange(_log.Entries.Count(entry => entry.Id == 1230), 6, 60);
        Assert.True(server.Zone.Serial > 100);
    }

    [Fact]
    public async Task The_routine_looks_by_itself()
    {
        var server = await StartAsync();
        var before = server.Zone;
        using var routine = new SigningRoutine(server.Keeper, server.Stage, server.Reloader, _time, new LogRecorder<SigningRoutine>());
        await routine.StartAsync(TestContext.Current.CancellationToken);
        _time.AdvanceUntil(TimeSpan.FromMinutes(10), () => server.Stage.IsDue() || server.Zone != before);

        // From here on time goes slower than signing.
        await Eventually.IsTrue(
            () =>
            {
                _time.Advance(KeyKeeper.LongestPause);
                return server.Zone != before;
            },
            "the routine signs what is due");
        AssertValid(server);
        await routine.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(24 * 90)]
    public async Task A_jump_of_the_clock_is_noticed_at_the_next_look(int hours)
    {
        _time.Advance(TimeSpan.FromDays(1));
        var server = await StartAsync();
        await LookAsync(server);
        _time.SetBackOrForth(TimeSpan.FromHours(hours));
        await LookAsync(server);
        AssertValid(server);
        Assert.Equal(hours < 0, _log.Entries.Any(entry => entry.Id == 1232));
    }

    [Fact]
    public async Task A_clock_that_is_slow_by_an_hour_needs_no_new_signatures()
    {
        var server = await StartAsync();
        await LookAsync(server);
        var before = server.Zone;
        _time.SetBackOrForth(TimeSpan.FromMinutes(-55));
        await LookAsync(server);
        Assert.Same(before, server.Zone);
        AssertValid(server);
    }

    [Fact]
    public async Task The_serial_never_goes_back_however_often_the_server_starts()
    {
        var first = await StartAsync();
        _records += "\n2 PTR two.example.";
        await first.Reloader.ReloadAsync("a test");
        _serial = 7;
        var second = await StartAsync();
        Assert.Equal(102u, second.Zone.Serial);
        _serial = 2000;
        await second.Reloader.ReloadAsync("a test");
        Assert.Equal(2000u, second.Zone.Serial);
        AssertValid(second);
    }

    [Fact]
    public async Task A_zone_whose_parent_has_a_DS_record_is_not_left_unsigned()
    {
        var server = await StartAsync();

        // The key's record is in every cache, and the parent is asked for its DS record from here on.
        _time.Advance(TimeSpan.FromDays(3));
        await server.Keeper.TakeStepsAsync(_ => { }, TestContext.Current.CancellationToken);
        await LookAsync(server);
        var before = server.Zone;
        _policy = null;
        var result = await server.Reloader.ReloadAsync("a test");
        Assert.Null(result.Zones);
        Assert.Contains(result.Problems, problem => problem.Fault.Contains("cannot be left unsigned", StringComparison.Ordinal));
        Assert.Same(before, server.Zone);

        // Neither by a server that has just been started.
        await Assert.ThrowsAsync<ZonesNotLoadedException>(StartAsync);
    }

    [Fact]
    public async Task A_zone_that_comes_signed_is_served_as_it_is()
    {
        var signed = (await StartAsync()).Zone;
        _policy = null;
        var server = Make(() => new ZoneLoadResult(new ZoneSet([signed]), [], []));
        await server.Reloader.StartAsync(TestContext.Current.CancellationToken);
        Assert.Same(signed, server.Zone);
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_written_fails_the_start()
    {
        // Root may write anywhere, but not into a file as if it were a folder.
        File.WriteAllText(State, "");
        var exception = await Assert.ThrowsAsync<ZonesNotLoadedException>(StartAsync);
        Assert.Contains(exception.Problems, problem => problem.Severity == Severity.Error && problem.Position.File.StartsWith(State, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_zone_that_does_not_verify_is_not_served_and_the_log_says_so()
    {
        var server = await StartAsync();
        var before = server.Zone;
        _isFaulty = true;
        _records += "\n2 PTR two.example.";
        var result = await server.Reloader.ReloadAsync("a test");
        Assert.Null(result.Zones);
        Assert.Contains(result.Problems, problem => problem.Severity == Severity.Error && problem.Fault.Contains("expired", StringComparison.Ordinal));
        Assert.Same(before, server.Zone);

        // Neither a refresh, which is said once.
        _time.Advance(TimeSpan.FromDays(12));
        await LookAsync(server);
        await LookAsync(server);
        Assert.Same(before, server.Zone);
        Assert.Single(_log.Entries, entry => entry.Id == 1231);
        _isFaulty = false;
        await LookAsync(server);
        Assert.NotSame(before, server.Zone);
        AssertValid(server);
    }

    [Fact]
    public async Task A_serial_that_cannot_be_stored_keeps_a_change_but_not_a_refresh_from_being_served()
    {
        var server = await StartAsync();
        var before = server.Zone;
        Directory.Delete(Path.Combine(State, "serials"), recursive: true);
        File.WriteAllText(Path.Combine(State, "serials"), "");
        _records += "\n2 PTR two.example.";
        var result = await server.Reloader.ReloadAsync("a test");
        Assert.Null(result.Zones);
        Assert.Same(before, server.Zone);
        _time.Advance(TimeSpan.FromDays(12));
        await LookAsync(server);
        AssertValid(server);
        Assert.NotSame(before, server.Zone);
        Assert.Contains(_log.Entries, entry => entry.Id == 1231);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("half written")]
    [InlineData("open to others")]
    public async Task A_key_file_that_is_not_as_it_should_be_fails_the_start_and_no_other_is_made(string fault)
    {
        await StartAsync();
        var file = Directory.GetFiles(State, "*.pem", SearchOption.AllDirectories).Single();
        switch (fault)
        {
            case "missing":
                File.Delete(file);
                break;
            case "half written":
                File.WriteAllText(file, File.ReadAllText(file)[..60]);
                break;
            default:
                Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are of other systems.");
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
                }

                break;
        }

        var exception = await Assert.ThrowsAsync<ZonesNotLoadedException>(StartAsync);
        Assert.Contains(exception.Problems, problem => problem.Position.File == file);
        Assert.True(Directory.GetFiles(State, "*.pem", SearchOption.AllDirectories).Length <= 1);
    }

    private async Task<Server> StartAsync()
    {
        var server = Make(Load);
        await server.Reloader.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    private Server Make(Func<ZoneLoadResult> load)
    {
        var store = new KeyStore(State);
        var zones = new ZoneStore(ZoneSet.Empty);
        var keeper = new KeyKeeper(store, new ParentMonitor(_time, Path.Combine(_folder, "no-resolvers")), _time, new LogRecorder<KeyKeeper>());
        var stage = new ZoneSigningStage(keeper, store, _time, _log)
        {
            // Ten years from now no signature holds.
            Verify = (signed, now) => _isFaulty ? ZoneVerifier.Verify(signed.Zone, now.AddYears(10)) : signed.Verify(now),
        };
        var server = new Server(
            zones, keeper, stage, new ZoneReloader(zones, load, new ReloadingOptions { WatchFiles = false }, _time, new LogRecorder<ZoneReloader>(), stage));
        _servers.Add(server);
        return server;
    }

    // What the routine does every minute, and then until it is done.
    private static async Task LookAsync(Server server)
    {
        if (server.Stage.IsDue())
        {
            await server.Reloader.SignAsync();
        }
    }

    private ZoneLoadResult Load()
    {
        var problems = new ProblemList();
        var builder = new ZoneBuilder(Origin);
        using var text = new MemoryStream(Encoding.UTF8.GetBytes($"$TTL 3600\n@ SOA ns1.example. hostmaster.example. {_serial} 7200 900 1209600 600\n@ NS ns1.example.\n{_records}\n"));
        MasterFileReader.Read(text, "test.zone", Origin, problems, record => builder.AddRecord(builder.AddName(record.Owner), record.TimeToLive, record.Data));
        var result = new ZoneLoadResult(new ZoneSet([builder.Freeze()]), problems.All, []);
        return _policy is null ? result : result with { Signing = new Dictionary<DomainName, DnssecPolicy> { [Origin] = _policy } };
    }

    private void AssertValid(Server server)
    {
        var result = ZoneVerifier.Verify(server.Zone, _time.GetUtcNow());
        Assert.True(result.IsValid, result.ToString());
        Assert.True(server.Zone.FindRRset(ZoneSnapshot.Apex, RecordType.DNSKEY) >= 0);
    }

    private sealed record Server(ZoneStore Store, KeyKeeper Keeper, ZoneSigningStage Stage, ZoneReloader Reloader)
    {
        public ZoneSnapshot Zone => Store.Current.Zones.Single();
    }
}
