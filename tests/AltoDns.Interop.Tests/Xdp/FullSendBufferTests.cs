// A network that takes next to nothing: the kernel's send buffer fills up for real.

using System.Net.Sockets;
using AltoDns.Harness;
using AltoDns.Harness.Network;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Xdp;

public sealed class FullSendBufferTests
{
    private const int Queries = 300;

    [Theory]
    [InlineData("batches")]
    [InlineData("sockets")]
    public async Task Answers_without_room_are_dropped_and_the_worker_goes_on(string engine)
    {
        await using var network = await VethPair.CreateAsync();
        await using var server = await XdpServer.StartAsync(network, ["--udp-workers", "1", "--udp-engine", engine, "--udp-send-buffer", "4096"]);
        var throttle = await ToolRunner.RunAsync(
            "tc", ["-n", network.Server.Name, "qdisc", "add", "dev", VethPair.ServerInterface, "root", "tbf", "rate", "8kbit", "burst", "1600", "limit", "1000000"]);
        Assert.True(throttle.ExitCode == 0, throttle.ToString());
        using (var client = new XdpAsker(network).Connect(XdpServer.Endpoint, SocketType.Dgram, prepare: null))
        {
            for (var i = 0; i < Queries; i++)
            {
                client.Send(new Query(DomainName.Parse("77.2.0.192.in-addr.arpa."), RecordType.NAPTR).ToWire((ushort)i));
            }
        }

        // A stop lets the worker finish what came. None of it waited for the network, which would take minutes.
        var counts = await server.StopAsync();
        Assert.DoesNotContain("Cut off what was not finished", server.Log, StringComparison.Ordinal);
        Assert.Equal(Queries, counts.Udp + counts.Dropped);
        Assert.InRange(counts.Dropped, 1, Queries - 1);
    }
}
