// The server inside a host, started and stopped as a program does it.

using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Hosting;
using AltoDns.Server.Listening;
using AltoDns.Server.Reloading;
using AltoDns.Server.Tests.Support;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Tests.Hosting;

public sealed class HostingTests
{
    [Fact]
    public async Task A_host_loads_the_zones_then_answers_until_it_stops()
    {
        var zones = new ZoneSet([]);
        using var host = Build(new IPEndPoint(IPAddress.Loopback, 0), () => new ZoneLoadResult(zones, [], []));
        await host.StartAsync().InTime();

        Assert.Same(zones, host.Services.GetRequiredService<ZoneStore>().Current);
        var endpoint = Assert.Single(host.Services.GetRequiredService<DnsServer>().Endpoints);
        using (var client = new TcpClientStream(endpoint, from: null))
        {
            // Nobody's name: the answer itself is REFUSED (5), for there are no zones.
            byte[] query = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'x', 0, 0, 1, 0, 1];
            var answer = await client.AskAsync(query);
            Assert.Equal([0, 1, 0x80, 5], answer!.Take(4));
        }

        await host.StopAsync().InTime();
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => late.Connect(endpoint));
    }

    [Fact]
    public async Task A_host_does_not_start_without_zones()
    {
        var problem = new Problem(Severity.Error, new SourcePosition("isp1.yaml", 1, 1), "A fault.", "Mend it.");
        using var host = Build(new IPEndPoint(IPAddress.Loopback, 0), () => new ZoneLoadResult(null, [problem], []));

        var exception = await Assert.ThrowsAsync<ZonesNotLoadedException>(() => host.StartAsync());
        Assert.Equal([problem], exception.Problems);
        Assert.Empty(host.Services.GetRequiredService<DnsServer>().Endpoints);
    }

    [Fact]
    public async Task A_host_does_not_start_where_it_cannot_listen()
    {
        await using var first = TestServer.Start();
        using var host = Build(first.Endpoint, () => new ZoneLoadResult(ZoneSet.Empty, [], []));

        await Assert.ThrowsAsync<ListenException>(() => host.StartAsync());
    }

    private static IHost Build(IPEndPoint endpoint, Func<ZoneLoadResult> load)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddAltoDns(new AltoDnsOptions
        {
            Listening = new ListeningOptions { Endpoints = [endpoint] },
            LoadZones = load,
        });
        return builder.Build();
    }
}
