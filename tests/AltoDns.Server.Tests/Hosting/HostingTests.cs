// The server as a program starts and stops it.

using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Hosting;
using AltoDns.Server.Listening;
using AltoDns.Server.Reloading;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AltoDns.Server.Tests.Hosting;

public sealed class HostingTests
{
    [Fact]
    public async Task Loads_the_zones_then_answers_until_it_is_stopped()
    {
        var zones = new ZoneSet([]);
        using var stop = new CancellationTokenSource();
        await using var services = Build(new IPEndPoint(IPAddress.Loopback, 0), () => new ZoneLoadResult(zones, [], []));
        var runner = new ServiceRunner(services);
        await runner.StartAsync(stop.Token).InTime();
        var run = runner.RunAsync(stop.Token);

        Assert.Same(zones, services.GetRequiredService<ZoneStore>().Current);
        var endpoint = Assert.Single(services.GetRequiredService<DnsServer>().Endpoints);
        using (var client = new TcpClientStream(endpoint, from: null))
        {
            // Nobody's name: the answer itself is REFUSED (5), for there are no zones.
            byte[] query = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'x', 0, 0, 1, 0, 1];
            var answer = await client.AskAsync(query);
            Assert.Equal([0, 1, 0x80, 5], answer!.Take(4));
        }

        await stop.CancelAsync();
        await run.InTime();
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => late.Connect(endpoint));
    }

    [Fact]
    public async Task Does_not_start_without_zones()
    {
        var problem = new Problem(Severity.Error, new SourcePosition("isp1.yaml", 1, 1), "A fault.", "Mend it.");
        await using var services = Build(new IPEndPoint(IPAddress.Loopback, 0), () => new ZoneLoadResult(null, [problem], []));

        var exception = await Assert.ThrowsAsync<ZonesNotLoadedException>(() => new ServiceRunner(services).StartAsync(CancellationToken.None));
        Assert.Equal([problem], exception.Problems);
        Assert.Empty(services.GetRequiredService<DnsServer>().Endpoints);
    }

    [Fact]
    public async Task Does_not_start_where_it_cannot_listen()
    {
        await using var first = TestServer.Start();
        await using var services = Build(first.Endpoint, () => new ZoneLoadResult(ZoneSet.Empty, [], []));

        await Assert.ThrowsAsync<ListenException>(() => new ServiceRunner(services).StartAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Stops_what_was_started_in_the_reverse_order_when_a_later_service_does_not_start()
    {
        var events = new List<string>();
        await using var services = new ServiceCollection()
            .AddSingleton<IHostedService>(new Part("first", events))
            .AddSingleton<IHostedService>(new Part("second", events))
            .AddSingleton<IHostedService>(new Part("third", events, fails: true))
            .BuildServiceProvider();

        await Assert.ThrowsAsync<InvalidOperationException>(() => new ServiceRunner(services).StartAsync(CancellationToken.None));
        Assert.Equal(["first starts", "second starts", "third starts", "second stops", "first stops"], events);
    }

    [Fact]
    public async Task Ends_with_the_failure_of_work_in_the_background()
    {
        var events = new List<string>();
        await using var services = new ServiceCollection()
            .AddSingleton<IHostedService>(new Part("first", events))
            .AddSingleton<IHostedService>(new FailingWork())
            .BuildServiceProvider();
        var runner = new ServiceRunner(services);
        await runner.StartAsync(CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(() => runner.RunAsync(CancellationToken.None).InTime());
        Assert.Equal(["first starts", "first stops"], events);
    }

    private static ServiceProvider Build(IPEndPoint endpoint, Func<ZoneLoadResult> load) => new ServiceCollection()
        .AddLogging()
        .AddAltoDns(new AltoDnsOptions
        {
            Listening = new ListeningOptions { Endpoints = [endpoint] },
            LoadZones = load,
        })
        .BuildServiceProvider();

    private sealed class Part(string name, List<string> events, bool fails = false) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            events.Add($"{name} starts");
            return fails ? throw new InvalidOperationException(name) : Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            events.Add($"{name} stops");
            return Task.CompletedTask;
        }
    }

    private sealed class FailingWork : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("Nothing works.");
        }
    }
}
