// The control socket: who may use it, what it answers, and what it does with those who talk nonsense.

using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Server.Control;
using AltoDns.Server.Hosting;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing;
using AltoDns.Server.Reloading;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Tests.Control;

public sealed class ControlServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-control-").FullName;
    private readonly LogLevelSwitch _level = new(LogLevel.Information);

    private string SocketPath => Path.Combine(_folder, "state", "control.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Socket_is_for_its_owner_alone_and_goes_with_the_server()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix's.");
        using (var host = await StartAsync(() => Good("1")))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(SocketPath)!));
            await host.StopAsync().InTime();
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Status_and_zone_tell_of_a_rejected_reload()
    {
        var load = () => Good("1");
        using var host = await StartAsync(() => load());

        var status = (await AskAsync("status")).Status!;
        Assert.Equal((true, 0), (status.LastReload!.Ok, status.LastReload.Errors));
        var zone = Assert.Single(status.Zones);
        Assert.Equal(("example.", true, 1u, "example.zone", null), (zone.Zone, zone.IsServed, zone.Serial!.Value, zone.Source, zone.LastError));
        Assert.True(zone.AgeSeconds >= 0);

        load = () => new ZoneLoadResult(null, [new Problem(Severity.Error, new SourcePosition("example.zone", 3, 1), "A fault.", "Mend it.")], []);
        var reload = (await AskAsync("reload")).Reload!;
        Assert.Equal((false, 1, "example.zone:3:1: error: A fault. Mend it."), (reload.Ok, reload.Errors, Assert.Single(reload.Problems).Text));
        Assert.False((await AskAsync("status")).Status!.LastReload!.Ok);
        zone = (await AskAsync("zone", "EXAMPLE")).Zone!;
        Assert.Equal((1u, "example.zone:3:1: error: A fault. Mend it."), (zone.Serial!.Value, zone.LastError));
        Assert.StartsWith("rejected at ", zone.Facts["reload"], StringComparison.Ordinal);

        load = () => Good("2");
        Assert.True((await AskAsync("reload")).Reload!.Ok);
        zone = (await AskAsync("zone", "example.")).Zone!;
        Assert.Equal((2u, null, 0), (zone.Serial!.Value, zone.LastError, zone.Facts.Count));
        await host.StopAsync().InTime();
    }

    [Fact]
    public async Task Counts_what_was_asked_and_what_was_loaded()
    {
        using var host = await StartAsync(() => Good("1"));
        using (var client = new TcpClientStream(host.Services.GetRequiredService<DnsServer>().Endpoints[0], from: null))
        {
            await client.AskAsync([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'x', 0, 0, 1, 0, 1]);
        }

        var counters = (await AskAsync("stats")).Counters!;
        Assert.Equal(["udp", "tcp", "transfers", "reload"], counters.Select(group => group.Name));
        Assert.Equal(1, counters[1].Counters.Single(counter => counter.Name == "received").Value);
        Assert.Equal(1, counters[3].Counters.Single(counter => counter.Name == "published").Value);
        Assert.All(counters.SelectMany(group => group.Counters), counter => Assert.NotEmpty(counter.Meaning));
        await host.StopAsync().InTime();
    }

    [Fact]
    public async Task Changes_the_log_level()
    {
        using var host = await StartAsync(() => Good("1"));

        Assert.Equal("information", (await AskAsync("log-level")).LogLevel);
        Assert.Equal("debug", (await ControlClient.AskAsync(SocketPath, new ControlRequest("log-level", Level: "debug"), default)).LogLevel);
        Assert.Equal(LogLevel.Debug, _level.Level);
        Assert.Contains("Did you mean debug?", (await ControlClient.AskAsync(SocketPath, new ControlRequest("log-level", Level: "debgu"), default)).Error, StringComparison.Ordinal);
        await host.StopAsync().InTime();
    }

    [Theory]
    [InlineData("frobnicate", "'frobnicate' is not a command.")]
    [InlineData("zone", "'' is not a domain name.")]
    public async Task Refuses_what_it_does_not_know(string command, string error)
    {
        using var host = await StartAsync(() => Good("1"));

        Assert.Contains(error, (await AskAsync(command)).Error, StringComparison.Ordinal);
        Assert.Equal("Zone exmple. is not served. Did you mean example.?", (await AskAsync("zone", "exmple")).Error);
        await host.StopAsync().InTime();
    }

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("null\n")]
    [InlineData("{}\n")]
    [InlineData("[1,2\n")]
    public async Task Answers_nonsense_with_an_error_and_goes_on(string line)
    {
        using var host = await StartAsync(() => Good("1"));
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
            await socket.SendAsync(Encoding.UTF8.GetBytes(line));
            var buffer = new byte[4096];
            var length = await socket.ReceiveAsync(buffer).InTime();
            Assert.Contains("A request is a JSON object", Encoding.UTF8.GetString(buffer, 0, length), StringComparison.Ordinal);
        }

        Assert.NotNull((await AskAsync("status")).Status);
        await host.StopAsync().InTime();
    }

    [Fact]
    public async Task Hangs_up_on_a_request_without_end()
    {
        using var host = await StartAsync(() => Good("1"));
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
            await socket.SendAsync(new byte[4096]);
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).InTime());
        }

        Assert.NotNull((await AskAsync("status")).Status);
        await host.StopAsync().InTime();
    }

    [Fact]
    public async Task A_second_server_takes_the_socket_over_and_keeps_it()
    {
        using var first = await StartAsync(() => Good("1"));
        using var second = await StartAsync(() => Good("2"));

        Assert.Equal(2u, Assert.Single((await AskAsync("status")).Status!.Zones).Serial);
        await first.StopAsync().InTime();
        Assert.Equal(2u, Assert.Single((await AskAsync("status")).Status!.Zones).Serial);
        await second.StopAsync().InTime();
        var exception = await Assert.ThrowsAsync<NoServerException>(() => AskAsync("status"));
        Assert.StartsWith($"No server answers at {SocketPath}: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serves_without_a_socket_where_none_can_be_made()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SocketPath)!);
        Directory.CreateDirectory(SocketPath);
        using var host = await StartAsync(() => Good("1"));

        Assert.NotEmpty(host.Services.GetRequiredService<DnsServer>().Endpoints);
        await host.StopAsync().InTime();
    }

    private static ZoneLoadResult Good(string serial)
    {
        var problems = new ProblemList();
        var origin = DomainName.Parse("example.");
        var text = $"@ 60 SOA ns.example. h.example. {serial} 1 1 1 1\n@ 60 NS ns.example.\nns 60 A 192.0.2.1\n";
        var folder = Directory.CreateTempSubdirectory("altodns-control-zone-").FullName;
        try
        {
            var path = Path.Combine(folder, "example.zone");
            File.WriteAllText(path, text);
            var zone = ZoneFileLoader.Load(path, origin, problems, new HashSet<string>(StringComparer.Ordinal))!.Freeze();
            return new ZoneLoadResult(new ZoneSet([zone!]), problems.All, []) { ZoneFiles = new Dictionary<DomainName, string> { [origin] = "example.zone" } };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task<ControlResponse> AskAsync(string command, string? zone = null) =>
        ControlClient.AskAsync(SocketPath, new ControlRequest(command, zone), CancellationToken.None).InTime();

    private async Task<Running> StartAsync(Func<ZoneLoadResult> load)
    {
        var services = new ServiceCollection().AddLogging().AddAltoDns(new AltoDnsOptions
        {
            Listening = new ListeningOptions { Endpoints = [new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)], UdpWorkers = 1 },
            LoadZones = load,
            Control = new ControlOptions(SocketPath, _level, null),
        }).BuildServiceProvider();
        var runner = new ServiceRunner(services);
        await runner.StartAsync(CancellationToken.None).InTime();
        return new Running(services, runner);
    }

    private sealed class Running : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public Running(ServiceProvider services, ServiceRunner runner)
        {
            Services = services;
            _run = runner.RunAsync(_stop.Token);
        }

        public ServiceProvider Services { get; }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _run;
            await Services.DisposeAsync();
        }

        public void Dispose() => _stop.Dispose();
    }
}
