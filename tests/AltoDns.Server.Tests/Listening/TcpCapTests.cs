// How many connections the server keeps, of one client and in all.

using System.Collections.Concurrent;
using System.Net;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Listening;

public sealed class TcpCapTests
{
    [Fact]
    public async Task Sheds_the_idlest_connection_when_full()
    {
        var time = new ManualTime();
        var limits = new TcpOptions { MaxConnections = 3, IdleTimeout = TimeSpan.FromDays(1), BusyIdleTimeout = TimeSpan.FromDays(1), WriteTimeout = TimeSpan.FromDays(1) };
        await using var server = TestServer.Start(time: time, tcp: limits);
        using var first = server.ConnectTcp();
        Assert.NotNull(await first.AskAsync(TestServer.Query(1)));
        time.Advance(TimeSpan.FromSeconds(1));
        using var second = server.ConnectTcp();
        Assert.NotNull(await second.AskAsync(TestServer.Query(1)));
        time.Advance(TimeSpan.FromSeconds(1));
        using var third = server.ConnectTcp();
        Assert.NotNull(await third.AskAsync(TestServer.Query(1)));
        time.Advance(TimeSpan.FromSeconds(1));

        // The first to come is now the last to have asked.
        Assert.NotNull(await first.AskAsync(TestServer.Query(2)));
        time.Advance(TimeSpan.FromSeconds(1));
        using var fourth = server.ConnectTcp();
        Assert.NotNull(await fourth.AskAsync(TestServer.Query(1)));

        Assert.Null(await second.ReceiveAsync());
        Assert.NotNull(await first.AskAsync(TestServer.Query(3)));
        Assert.NotNull(await third.AskAsync(TestServer.Query(3)));
        Assert.Equal((3, 1), (server.Tcp.Open, server.Tcp.Shed));
    }

    [Fact]
    public async Task Sheds_connections_with_half_a_message_like_idle_ones()
    {
        var time = new ManualTime();
        await using var server = TestServer.Start(time: time, tcp: new TcpOptions { MaxConnections = 1 });
        using var first = server.ConnectTcp();
        await first.SendAsync([0]);
        using var second = server.ConnectTcp();

        Assert.NotNull(await second.AskAsync(TestServer.Query(1)));
        Assert.Null(await first.ReceiveAsync());
        Assert.Equal((1, 1), (server.Tcp.Open, server.Tcp.Shed));
    }

    [Fact]
    public async Task Refuses_a_client_that_has_too_many()
    {
        await using var server = TestServer.Start(tcp: new TcpOptions { MaxConnectionsPerClient = 2 });
        using var first = server.ConnectTcp();
        Assert.NotNull(await first.AskAsync(TestServer.Query(1)));
        using (var second = server.ConnectTcp())
        {
            Assert.NotNull(await second.AskAsync(TestServer.Query(1)));
            using var third = server.ConnectTcp();
            Assert.Null(await third.AskAsync(TestServer.Query(1)));
            using var neighbour = server.ConnectTcp(from: IPAddress.Parse("127.0.0.2"));
            Assert.NotNull(await neighbour.AskAsync(TestServer.Query(1)));
            Assert.Equal(1, server.Tcp.Refused);
            Assert.NotNull(await first.AskAsync(TestServer.Query(2)));
        }

        await Eventually.IsTrue(() => server.Tcp.Open <= 2, "the second connection is forgotten");
        using var again = server.ConnectTcp();
        Assert.NotNull(await again.AskAsync(TestServer.Query(1)));
    }

    [Theory]
    [InlineData(32, "127.0.0.2", true)]
    [InlineData(24, "127.0.0.2", false)]
    [InlineData(24, "127.0.1.1", true)]
    public async Task Counts_connections_by_the_network_that_it_is_told(int length, string neighbour, bool isAnother)
    {
        await using var server = TestServer.Start(tcp: new TcpOptions { MaxConnectionsPerClient = 1, ClientIPv4Length = length });
        using var first = server.ConnectTcp(from: IPAddress.Parse("127.0.0.3"));
        Assert.NotNull(await first.AskAsync(TestServer.Query(1)));
        using var second = server.ConnectTcp(from: IPAddress.Parse(neighbour));

        Assert.Equal(isAnother, await second.AskAsync(TestServer.Query(1)) is not null);
    }

    [Theory]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::", 64, true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", 64, false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:ff::1", 56, true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:100::1", 56, false)]
    public void Takes_addresses_of_one_network_for_one_client(string one, string other, int length, bool areOne) =>
        Assert.Equal(areOne, Network(one, length) == Network(other, length));

    [Fact]
    public async Task Lets_connections_idle_for_less_the_more_there_are()
    {
        var timeouts = new ConcurrentQueue<int>();
        await using var server = TestServer.Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            {
                timeouts.Enqueue(context.IdleTimeout);
                return TestServer.Echo(request, response, context);
            },
            new ManualTime(),
            new TcpOptions { MaxConnections = 4, IdleTimeout = TimeSpan.FromSeconds(10), BusyIdleTimeout = TimeSpan.FromSeconds(1) });
        var clients = new List<TcpClientStream>();
        for (var client = 0; client < 4; client++)
        {
            clients.Add(server.ConnectTcp());
            Assert.NotNull(await clients[client].AskAsync(TestServer.Query(1)));
        }

        Assert.Equal([100, 100, 55, 10], timeouts);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Serves_many_clients_at_once()
    {
        await using var server = TestServer.Start(tcp: new TcpOptions { MaxConnectionsPerClient = 1_000 });
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async index =>
        {
            using var client = server.ConnectTcp();
            for (ushort id = 0; id < 20; id++)
            {
                Assert.Equal(TestServer.Answer(id, 12 + index), await client.AskAsync(TestServer.Query(id, 12 + index)));
            }
        }));

        await Eventually.IsTrue(() => server.Tcp is { Open: 0, Answered: 4_000 }, "all are answered and forgotten");
    }

    private static ClientNetwork Network(string address, int length) => ClientNetwork.Of(IPAddress.Parse(address)).Within(ipv4Length: 32, length);
}
