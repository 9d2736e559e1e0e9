// Binding: which endpoints come about, and what is said where one does not.

using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Listening;

public sealed class DnsServerTests
{
    [Fact]
    public async Task Serves_several_endpoints_each_on_one_port_for_both_transports()
    {
        var options = new ListeningOptions { Endpoints = [new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.IPv6Loopback, 0)] };
        await using var server = new DnsServer(options, TestServer.Echo, TimeProvider.System, new LogRecorder<DnsServer>());
        Assert.Empty(server.Endpoints);
        server.Start();

        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], server.Endpoints.Select(endpoint => endpoint.Address));
        foreach (var endpoint in server.Endpoints)
        {
            Assert.NotEqual(0, endpoint.Port);
            using var tcp = new TcpClientStream(endpoint, from: null);
            Assert.NotNull(await tcp.AskAsync(TestServer.Query(1)));
            using var udp = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            udp.Connect(endpoint);
            await udp.SendAsync(TestServer.Query(1));
            Assert.Equal(12, await udp.ReceiveAsync(new byte[100]).InTime());
        }
    }

    [Theory]
    [InlineData(Transport.Udp)]
    [InlineData(Transport.Tcp)]
    public async Task Says_that_a_port_is_taken_and_keeps_nothing_bound(Transport transport)
    {
        using var occupant = new Socket(
            AddressFamily.InterNetwork,
            transport == Transport.Udp ? SocketType.Dgram : SocketType.Stream,
            transport == Transport.Udp ? ProtocolType.Udp : ProtocolType.Tcp);

        // An address of its own: on 127.0.0.1 any port may be a client's of a test beside this one.
        occupant.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.77"), 0));
        if (transport == Transport.Tcp)
        {
            occupant.Listen();
        }

        var taken = (IPEndPoint)occupant.LocalEndPoint!;
        var options = new ListeningOptions { Endpoints = [new IPEndPoint(IPAddress.Loopback, 0), taken] };
        await using var server = new DnsServer(options, TestServer.Echo, TimeProvider.System, new LogRecorder<DnsServer>());

        var exception = Assert.Throws<ListenException>(server.Start);
        Assert.Equal((taken, transport, SocketError.AddressAlreadyInUse), (exception.Endpoint, exception.Transport, exception.Reason));
        Assert.Contains($"{taken} ({transport.ToString().ToUpperInvariant()}): another program listens there", exception.Message, StringComparison.Ordinal);
        Assert.Empty(server.Endpoints);

        occupant.Dispose();
        var next = new DnsServer(options, TestServer.Echo, TimeProvider.System, new LogRecorder<DnsServer>());
        next.Start();
        await next.StopAsync().InTime();
    }

    [Fact]
    public async Task Two_servers_never_share_an_endpoint()
    {
        await using var first = TestServer.Start(udpWorkers: 2);
        var options = new ListeningOptions { Endpoints = [first.Endpoint], UdpWorkers = 2 };
        await using var second = new DnsServer(options, TestServer.Echo, TimeProvider.System, new LogRecorder<DnsServer>());

        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<ListenException>(second.Start).Reason);
    }

    [Fact]
    public async Task Says_that_an_address_is_not_the_machines()
    {
        var options = new ListeningOptions { Endpoints = [new IPEndPoint(IPAddress.Parse("203.0.113.1"), 0)] };
        await using var server = new DnsServer(options, TestServer.Echo, TimeProvider.System, new LogRecorder<DnsServer>());

        Assert.Equal(SocketError.AddressNotAvailable, Assert.Throws<ListenException>(server.Start).Reason);
    }

    [Theory]
    [InlineData(SocketError.AccessDenied, "setcap cap_net_bind_service=+ep")]
    [InlineData(SocketError.AddressAlreadyInUse, "sport = :53'")]
    [InlineData(SocketError.AddressNotAvailable, "ip address")]
    [InlineData(SocketError.AddressFamilyNotSupported, "no IPv6")]
    [InlineData(SocketError.NoBufferSpaceAvailable, "--listen")]
    public void Every_failure_comes_with_a_remedy_on_one_line(SocketError error, string remedy)
    {
        var exception = new ListenException(new IPEndPoint(IPAddress.IPv6Loopback, 53), Transport.Udp, new SocketException((int)error));

        Assert.StartsWith("Cannot listen on [::1]:53 (UDP): ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public async Task Stops_at_once_when_nothing_is_going_on_and_only_once()
    {
        var server = TestServer.Start();
        await server.Server.StopAsync().InTime();
        await server.Server.StopAsync().InTime();

        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => client.Connect(server.Endpoint));
        Assert.Single(server.Log.Entries, entry => entry.Id == 1007);
    }

    [Theory]
    [InlineData("127.0.0.1:5300", "127.0.0.1:5300")]
    [InlineData("127.0.0.1", "127.0.0.1:53")]
    [InlineData("[::1]:5300", "[::1]:5300")]
    [InlineData("[::1]", "[::1]:53")]
    [InlineData("::1", "[::1]:53")]
    [InlineData("2001:db8::5300", "[2001:db8::5300]:53")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("[::]:65535", "[::]:65535")]
    public void Reads_addresses(string text, string expected)
    {
        Assert.True(ListenAddress.TryParse(text, out var endpoint, out var fault), fault);
        Assert.Equal(expected, endpoint.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("5300")]
    [InlineData("127.1:53")]
    [InlineData("127.0.0.010")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("256.0.0.1")]
    [InlineData("localhost:53")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1: 53")]
    [InlineData("[::1]:")]
    [InlineData("[::1]53")]
    [InlineData("[::1")]
    [InlineData("[127.0.0.1]:53")]
    [InlineData("::1:x")]
    public void Refuses_what_is_no_address_and_shows_how_to_write_one(string text)
    {
        Assert.False(ListenAddress.TryParse(text, out _, out var fault));
        Assert.Contains($"'{text}'", fault, StringComparison.Ordinal);
        Assert.Contains("Write ", fault, StringComparison.Ordinal);
    }
}
