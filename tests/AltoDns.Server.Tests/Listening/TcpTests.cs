// Real connections over the loopback interface: framing, pipelining, and what ends a connection.

using System.Diagnostics;
using System.Net;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Listening;

public sealed class TcpTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Answers_and_tells_the_handler_who_asked(string address)
    {
        byte[]? seen = null;
        await using var server = TestServer.Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            {
                seen = [(byte)context.Transport, (byte)context.IdleTimeout, .. context.ClientAddress];
                return TestServer.Echo(request, response, context);
            },
            address: IPAddress.Parse(address));
        using var client = server.ConnectTcp();

        Assert.Equal(TestServer.Answer(1), await client.AskAsync(TestServer.Query(1)));
        Assert.Equal([(byte)Transport.Tcp, 100, .. IPAddress.Parse(address).GetAddressBytes()], seen);
        Assert.Equal(TestServer.Answer(2), await client.AskAsync(TestServer.Query(2)));
    }

    [Theory]
    [InlineData(100, 12)]
    [InlineData(2_000, 300)]
    [InlineData(20, 65_535)]
    public async Task Answers_pipelined_queries_in_order(int count, int length)
    {
        await using var server = TestServer.Start();
        using var client = server.ConnectTcp();
        var send = client.SendAsync(TcpClientStream.Frame([.. Enumerable.Range(0, count).Select(id => TestServer.Query((ushort)id, length))]));
        for (var id = 0; id < count; id++)
        {
            Assert.Equal(TestServer.Answer((ushort)id, length), await client.ReceiveAsync());
        }

        await send;
        await Eventually.IsTrue(() => server.Tcp.Answered == count, "all answers are counted");
        Assert.Equal(count, server.Tcp.Received);
    }

    [Fact]
    public async Task Reads_messages_split_at_every_octet_boundary()
    {
        await using var server = TestServer.Start();
        var octets = TcpClientStream.Frame(TestServer.Query(1, 13), TestServer.Query(2, 14));
        for (var split = 1; split < octets.Length; split++)
        {
            using var client = server.ConnectTcp();
            await client.SendAsync(octets[..split]);

            // Once this is answered the server has had the first part; both share its threads, so most often it was read alone.
            using var other = server.ConnectTcp();
            Assert.NotNull(await other.AskAsync(TestServer.Query(3)));
            await client.SendAsync(octets[split..]);
            Assert.Equal(TestServer.Answer(1, 13), await client.ReceiveAsync());
            Assert.Equal(TestServer.Answer(2, 14), await client.ReceiveAsync());
        }
    }

    [Fact]
    public async Task Reads_messages_sent_octet_by_octet()
    {
        await using var server = TestServer.Start();
        using var client = server.ConnectTcp();
        foreach (var octet in TcpClientStream.Frame(TestServer.Query(1, 600), TestServer.Query(2)))
        {
            await client.SendAsync([octet]);
        }

        Assert.Equal(TestServer.Answer(1, 600), await client.ReceiveAsync());
        Assert.Equal(TestServer.Answer(2), await client.ReceiveAsync());
    }

    [Fact]
    public async Task Answers_a_client_that_has_ended_its_side()
    {
        await using var server = TestServer.Start();
        using var client = server.ConnectTcp();
        await client.SendAsync(TcpClientStream.Frame(TestServer.Query(1), TestServer.Query(2)));
        client.EndSending();

        Assert.Equal(TestServer.Answer(1), await client.ReceiveAsync());
        Assert.Equal(TestServer.Answer(2), await client.ReceiveAsync());
        Assert.Null(await client.ReceiveAsync());
        await Eventually.IsTrue(() => server.Tcp is { Open: 0, Failed: 0 }, "the connection is forgotten");
    }

    [Theory]
    [InlineData("0000")]
    [InlineData("0001FF")]
    [InlineData("000BFFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("000CFFFF00000000000000000000")]
    public async Task Garbage_ends_its_own_connection_only(string garbage)
    {
        await using var server = TestServer.Start((ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            request[0] == 0xFF ? 0 : TestServer.Echo(request, response, context));
        using var other = server.ConnectTcp();
        Assert.NotNull(await other.AskAsync(TestServer.Query(1)));
        using var client = server.ConnectTcp();
        await client.SendAsync([.. TcpClientStream.Frame(TestServer.Query(2)), .. Convert.FromHexString(garbage)]);

        Assert.Equal(TestServer.Answer(2), await client.ReceiveAsync());
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(TestServer.Answer(3), await other.AskAsync(TestServer.Query(3)));
        await Eventually.IsTrue(() => server.Tcp is { Open: 1, ClosedMalformed: 1 }, "the connection is counted and forgotten");
    }

    [Fact]
    public async Task An_exception_ends_its_own_connection_only()
    {
        await using var server = TestServer.Start((ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            request[0] == 0xFF ? throw new InvalidOperationException("a fault") : TestServer.Echo(request, response, context));
        using var other = server.ConnectTcp();
        using var client = server.ConnectTcp();

        Assert.Null(await client.AskAsync(TestServer.Query(0xFF00)));
        Assert.NotNull(await other.AskAsync(TestServer.Query(1)));
        await Eventually.IsTrue(() => server.Tcp is { Open: 1, Faults: 1 }, "the connection is counted and forgotten");
        Assert.Single(server.Log.Entries, entry => entry.Id == 1004);
    }

    [Fact]
    public async Task Random_octets_do_no_harm()
    {
        await using var server = TestServer.Start(tcp: new TcpOptions { MaxConnectionsPerClient = 1_000 });
        var random = new Random(20260101);
        for (var round = 0; round < 200; round++)
        {
            using var client = server.ConnectTcp();
            var octets = new byte[random.Next(1, 2_000)];
            random.NextBytes(octets);
            await client.TrySendAsync(octets);
        }

        using var good = server.ConnectTcp();
        Assert.Equal(TestServer.Answer(1), await good.AskAsync(TestServer.Query(1)));
        await Eventually.IsTrue(() => server.Tcp.Open == 1, "the connections of the others are forgotten");
    }

    [Fact]
    public async Task Closes_idle_connections()
    {
        var time = new ManualTime();
        var limits = new TcpOptions { WriteTimeout = TimeSpan.FromDays(1) };
        await using var server = TestServer.Start(time: time, tcp: limits);
        using var silent = server.ConnectTcp();
        using var asked = server.ConnectTcp();
        Assert.NotNull(await asked.AskAsync(TestServer.Query(1)));

        time.AdvanceUntil(TimeSpan.FromSeconds(1), () => server.Tcp.ClosedIdle == 2);
        Assert.Null(await silent.ReceiveAsync());
        Assert.Null(await asked.ReceiveAsync());
        await Eventually.IsTrue(() => server.Tcp is { Open: 0, Failed: 0 }, "both are forgotten");
    }

    [Fact]
    public async Task A_query_in_time_keeps_the_connection_open()
    {
        var time = new ManualTime();
        await using var server = TestServer.Start(time: time);
        using var client = server.ConnectTcp();
        for (ushort id = 0; id < 10; id++)
        {
            Assert.Equal(TestServer.Answer(id), await client.AskAsync(TestServer.Query(id)));
            time.Advance(TimeSpan.FromSeconds(4));
        }

        Assert.Equal(1, server.Tcp.Open);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("000C")]
    [InlineData("000C0001000000")]
    public async Task Cuts_off_messages_that_do_not_end(string beginning)
    {
        var time = new ManualTime();
        await using var server = TestServer.Start(time: time, tcp: new TcpOptions { IdleTimeout = TimeSpan.FromDays(36_500) });
        using var client = server.ConnectTcp();
        await client.SendAsync(Convert.FromHexString(beginning));

        time.AdvanceUntil(TimeSpan.FromSeconds(1), () => server.Tcp.ClosedUnfinished == 1);
        Assert.Null(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Octets_that_trickle_in_do_not_prolong_a_message()
    {
        var time = new ManualTime();
        await using var server = TestServer.Start(time: time, tcp: new TcpOptions { IdleTimeout = TimeSpan.FromDays(36_500) });
        using var client = server.ConnectTcp();
        await client.SendAsync([0xFF, 0xFF]);
        await Eventually.IsTrue(() => server.Tcp.Open == 1, "the connection is open");
        var patience = Stopwatch.StartNew();
        for (var second = 0; server.Tcp.ClosedUnfinished == 0; second++)
        {
            Assert.True(patience.Elapsed < Eventually.Patience, "The message went on for longer than its time.");

            // Never as many as the length says: a message that is complete is no longer unfinished.
            if (second < 10_000)
            {
                await client.TrySendAsync([0]);
            }

            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Null(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Cuts_off_clients_that_do_not_read()
    {
        var time = new ManualTime();
        var limits = new TcpOptions { IdleTimeout = TimeSpan.FromDays(365), MessageTimeout = TimeSpan.FromDays(365) };
        await using var server = TestServer.Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) => response.Length,
            time,
            limits);
        using var client = server.ConnectTcp();
        using var reader = server.ConnectTcp();

        // 64 MiB of answers, more than the system's buffers take.
        var send = client.TrySendAsync(TcpClientStream.Frame([.. Enumerable.Range(0, 1_024).Select(id => TestServer.Query((ushort)id))]));
        time.AdvanceUntil(TimeSpan.FromSeconds(1), () => server.Tcp.ClosedSlow == 1);
        await send;
        await Eventually.IsTrue(() => server.Tcp.Open == 1, "the slow one is forgotten");
        Assert.Equal(ushort.MaxValue, (await reader.AskAsync(TestServer.Query(1)))?.Length);
    }

    [Fact]
    public async Task Answers_what_came_before_the_stop_and_closes_the_rest()
    {
        using var go = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        var server = TestServer.Start((ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
        {
            begun.Release();
            go.Wait();
            return TestServer.Echo(request, response, context);
        });
        using var idle = server.ConnectTcp();
        using var asking = server.ConnectTcp();
        await asking.SendAsync(TcpClientStream.Frame(TestServer.Query(1), TestServer.Query(2)));
        await Eventually.IsTrue(() => server.Tcp.Accepted == 2, "both connections are accepted");
        Assert.True(await begun.WaitAsync(Eventually.Patience));

        var stop = server.Server.StopAsync();
        Assert.Null(await idle.ReceiveAsync());
        Assert.False(stop.IsCompleted);
        go.Set();
        Assert.Equal(TestServer.Answer(1), await asking.ReceiveAsync());
        Assert.Equal(TestServer.Answer(2), await asking.ReceiveAsync());
        Assert.Null(await asking.ReceiveAsync());
        await stop.InTime();
        Assert.Equal(0, server.Tcp.Open);
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Id == 1008);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_ever()
    {
        var time = new ManualTime();
        var limits = new TcpOptions { WriteTimeout = TimeSpan.FromDays(365), MessageTimeout = TimeSpan.FromDays(365) };
        await using var server = TestServer.Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) => response.Length,
            time,
            limits);
        using var client = server.ConnectTcp();
        var send = client.TrySendAsync(TcpClientStream.Frame([.. Enumerable.Range(0, 1_024).Select(id => TestServer.Query((ushort)id))]));
        await Eventually.IsTrue(() => server.Tcp.Answered > 0, "answers are on their way");

        var stop = server.Server.StopAsync();
        time.AdvanceUntil(TimeSpan.FromSeconds(1), () => stop.IsCompleted);
        await send;
        Assert.Single(server.Log.Entries, entry => entry.Id == 1008 && entry.Message.Contains("1 TCP", StringComparison.Ordinal));
    }
}
