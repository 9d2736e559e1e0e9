// Real datagrams over the loopback interface; every engine has to pass all of this.

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Listening;

public abstract class UdpTests(UdpEngine engine)
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Answers_and_tells_the_handler_who_asked(string address)
    {
        var seen = new ConcurrentQueue<(Transport Transport, byte[] Client, uint Time, ushort IdleTimeout)>();
        var time = new ManualTime();
        await using var server = Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            {
                seen.Enqueue((context.Transport, context.ClientAddress.ToArray(), context.UnixTime, context.IdleTimeout));
                return TestServer.Echo(request, response, context);
            },
            time,
            address: IPAddress.Parse(address));
        using var client = server.ConnectUdp();

        Assert.Equal(TestServer.Answer(7), await Ask(client, TestServer.Query(7)));
        var (transport, octets, unixTime, idleTimeout) = Assert.Single(seen);
        Assert.Equal(Transport.Udp, transport);
        Assert.Equal(IPAddress.Parse(address).GetAddressBytes(), octets);
        Assert.Equal(time.GetUtcNow().ToUnixTimeSeconds(), unixTime);
        Assert.Equal(0, idleTimeout);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Answers_every_one_of_a_hundred_thousand_queries(int workers)
    {
        const int Window = 200;
        const int Total = 100_000;
        await using var server = Start(udpWorkers: workers);
        var answered = new HashSet<int>();
        var query = TestServer.Query(0, length: 16);
        var buffer = new byte[query.Length];
        for (var first = 0; first < Total; first += Window)
        {
            using var client = server.ConnectUdp();
            for (var number = first; number < first + Window; number++)
            {
                BinaryPrimitives.WriteInt32BigEndian(query.AsSpan(12), number);
                client.Send(query);
            }

            for (var number = first; number < first + Window; number++)
            {
                Assert.Equal(query.Length, await client.ReceiveAsync(buffer).InTime());
                Assert.True(answered.Add(BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(12))));
            }
        }

        Assert.Equal(Total, answered.Count);
        await Eventually.IsTrue(() => server.Udp.Answered == Total, "the last answer is counted");
        Assert.Equal(Total, server.Udp.Received);
    }

    [Fact]
    public async Task Allocates_nothing_per_query()
    {
        var allocated = new ConcurrentQueue<int>();
        await using var server = Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                _allocated.Times += _allocated.Count++ >= 200 && before != _allocated.Last ? 1 : 0;
                if (_allocated.Count == 1_200)
                {
                    allocated.Enqueue(_allocated.Times);
                }

                _allocated.Last = GC.GetAllocatedBytesForCurrentThread();
                return TestServer.Echo(request, response, context);
            },
            udpWorkers: 1);
        using var client = server.ConnectUdp();
        for (var query = 0; query < 1_200; query++)
        {
            await Ask(client, TestServer.Query((ushort)query));
        }

        // The runtime allocates now and then on whatever thread runs; an allocation per query would be there 1,000 times.
        Assert.InRange(Assert.Single(allocated), 0, 3);
    }

    [Fact]
    public async Task Outlives_clients_that_do_not_wait_for_their_answer()
    {
        using var go = new SemaphoreSlim(0);
        await using var server = Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            {
                go.Wait();
                return TestServer.Echo(request, response, context);
            },
            udpWorkers: 1);
        for (var query = 0; query < 20; query++)
        {
            using var hasty = server.ConnectUdp();
            await hasty.SendAsync(TestServer.Query((ushort)query));
        }

        go.Release(21);
        using var client = server.ConnectUdp();
        Assert.Equal(TestServer.Answer(99), await Ask(client, TestServer.Query(99)));
    }

    [Fact]
    public async Task Stays_silent_where_there_is_no_answer()
    {
        await using var server = Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
                request.Length < 12 ? 0 : TestServer.Echo(request, response, context),
            udpWorkers: 1);
        using var client = server.ConnectUdp();
        await client.SendAsync(Array.Empty<byte>());
        await client.SendAsync(new byte[11]);

        Assert.Equal(TestServer.Answer(3), await Ask(client, TestServer.Query(3)));
        Assert.Equal(2, server.Udp.Silent);
        Assert.Equal(3, server.Udp.Received);
    }

    [Fact]
    public async Task Goes_on_after_an_exception_and_reports_it_once_a_minute()
    {
        var time = new ManualTime();
        await using var server = Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
                request[1] == 0 ? throw new InvalidOperationException("a fault") : TestServer.Echo(request, response, context),
            time,
            udpWorkers: 1);
        using var client = server.ConnectUdp();
        await client.SendAsync(TestServer.Query(0));
        await client.SendAsync(TestServer.Query(0));

        Assert.Equal(TestServer.Answer(1), await Ask(client, TestServer.Query(1)));
        Assert.Equal(2, server.Udp.Faults);
        Assert.Single(server.Log.Entries, entry => entry.Id == 1004);

        time.Advance(TimeSpan.FromMinutes(1));
        await client.SendAsync(TestServer.Query(0));
        Assert.Equal(TestServer.Answer(2), await Ask(client, TestServer.Query(2)));
        Assert.Equal(2, server.Log.Entries.Count(entry => entry.Id == 1004));
    }

    [Fact]
    public async Task Makes_an_answer_again_that_no_datagram_can_hold()
    {
        await using var server = Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            {
                response.Fill(0xAA);
                return response.Length;
            },
            udpMaxAnswer: ushort.MaxValue);
        using var client = server.ConnectUdp();

        Assert.Equal(1232, (await Ask(client, TestServer.Query(1))).Length);
        await Eventually.IsTrue(() => server.Udp is { Answered: 1, Shortened: 1, SendFailed: 0 }, "the answer is counted");
    }

    [Theory]
    [InlineData(4097)]
    [InlineData(65_507)]
    public async Task Gives_the_handler_the_longest_requests_whole(int length)
    {
        var whole = false;
        var query = TestServer.Query(1, length);
        query.AsSpan(12).Fill(0x5A);
        await using var server = Start((ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
        {
            whole = request.SequenceEqual(query);
            return TestServer.Echo(request[..12], response, context);
        });
        using var client = server.ConnectUdp();
        Assert.Equal(TestServer.Answer(1), await Ask(client, query));
        Assert.True(whole);
    }

    [Fact]
    public async Task Never_answers_to_port_0()
    {
        await using var server = Start(udpWorkers: 1);
        using var raw = TryOpenRawSocket();
        var query = TestServer.Query(1);
        byte[] datagram = [0, 0, (byte)(server.Endpoint.Port >> 8), (byte)server.Endpoint.Port, 0, (byte)(8 + query.Length), 0, 0, .. query];
        raw.SendTo(datagram, new IPEndPoint(IPAddress.Loopback, 0));

        await Eventually.IsTrue(() => server.Udp.InvalidSource == 1, "the datagram came and was dropped");
        Assert.Equal(0, server.Udp.Answered);
    }

    [Fact]
    public async Task Answers_from_the_address_asked_when_bound_to_the_wildcard()
    {
        await using var server = Start(address: IPAddress.Any);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        // A connected socket takes answers from no other address.
        client.Connect(IPAddress.Loopback, server.Endpoint.Port);
        Assert.Equal(TestServer.Answer(5), await Ask(client, TestServer.Query(5)));
    }

    [Fact]
    public async Task Answers_what_came_before_the_stop()
    {
        using var go = new ManualResetEventSlim();
        await using var server = Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            {
                go.Wait();
                return TestServer.Echo(request, response, context);
            });
        using var client = server.ConnectUdp();
        for (ushort id = 0; id < 50; id++)
        {
            await client.SendAsync(TestServer.Query(id));
        }

        var stop = server.Server.StopAsync();
        Assert.False(stop.IsCompleted);
        go.Set();
        await stop.InTime();
        Assert.Equal(50, server.Udp.Answered);
        for (ushort id = 0; id < 50; id++)
        {
            Assert.Equal(TestServer.Answer(id), await Receive(client));
        }
    }

    [Fact]
    public async Task Stops_at_once_when_nobody_asks()
    {
        await using var server = Start();
        await server.Server.StopAsync().InTime();
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Id == 1008);
    }

    [Fact]
    public async Task Stops_although_queries_go_on_coming()
    {
        await using var server = Start();
        using var client = server.ConnectUdp();
        using var stopped = new CancellationTokenSource();
        var flood = Task.Run(() =>
        {
            for (ushort id = 0; !stopped.IsCancellationRequested; id++)
            {
                try
                {
                    client.Send(TestServer.Query(id));
                }
                catch (SocketException)
                {
                    // The port is closed, as ICMP tells.
                }
            }
        });
        await Eventually.IsTrue(() => server.Udp.Answered > 1000, "the flood runs");
        await server.Server.StopAsync().InTime();
        await stopped.CancelAsync();
        await flood.InTime();

        Assert.DoesNotContain(server.Log.Entries, entry => entry.Id == 1008);
        Assert.Equal(server.Udp.Received, server.Udp.Answered + server.Udp.SendFailed + server.Udp.SendBufferFull);
    }

    [Fact]
    public async Task Cuts_off_at_once_what_is_not_to_be_finished()
    {
        using var go = new ManualResetEventSlim();
        await using var server = Start((ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
        {
            go.Wait();
            return TestServer.Echo(request, response, context);
        });
        using var client = server.ConnectUdp();
        client.Send(TestServer.Query(1));
        await Eventually.IsTrue(() => server.Udp.Received == 1, "the handler has the query");
        var stop = server.Server.StopAsync(new CancellationToken(canceled: true));
        go.Set();
        await stop.InTime();
        Assert.Contains(server.Log.Entries, entry => entry.Id == 1008);
    }

    [ThreadStatic]
    private static (int Count, long Last, int Times) _allocated;

    private protected TestServer Start(
        QueryHandler? handler = null,
        TimeProvider? time = null,
        IPAddress? address = null,
        int udpWorkers = 2,
        int udpBatchSize = 64,
        int udpMaxAnswer = 4096) => TestServer.Start(
            handler,
            time,
            address: address,
            udpWorkers: udpWorkers,
            udpEngine: engine,
            udpBatchSize: udpBatchSize,
            udpMaxAnswer: udpMaxAnswer);

    private protected static async Task<byte[]> Ask(Socket client, byte[] query)
    {
        await client.SendAsync(query);
        return await Receive(client);
    }

    private protected static async Task<byte[]> Receive(Socket client)
    {
        var buffer = new byte[ushort.MaxValue];
        var length = await client.ReceiveAsync(buffer).InTime();
        return buffer[..length];
    }

    private static Socket TryOpenRawSocket()
    {
        try
        {
            return new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp);
        }
        catch (SocketException)
        {
            Assert.Skip("Only a raw socket can send from port 0, and this user may not open one.");
            throw;
        }
    }
}
