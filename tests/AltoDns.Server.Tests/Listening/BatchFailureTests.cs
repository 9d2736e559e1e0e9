// What batches do when the system refuses: at the start, while receiving, while sending.

using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Listening;
using AltoDns.Server.Listening.Linux;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Listening;

public sealed class BatchFailureTests
{
    private const int NotPermitted = 1;
    private const int NotImplemented = 38;
    private const int NetworkUnreachable = 101;

    public BatchFailureTests() => Assert.SkipUnless(NativeMethods.IsSupported, "Batches of datagrams need 64-bit Linux.");

    [Theory]
    [InlineData(NotImplemented, 0, "recvmmsg")]
    [InlineData(NotPermitted, 0, "recvmmsg")]
    [InlineData(0, NotImplemented, "sendmmsg")]
    [InlineData(0, NotPermitted, "sendmmsg")]
    public async Task Answers_one_by_one_where_batches_are_refused_and_says_so_once(int receive, int send, string call)
    {
        var calls = new FailingCalls { Probe = (receive, send) };
        await using var server = TestServer.Start(batchCalls: calls);
        using var client = server.ConnectUdp();

        await Ask(client, 1);
        var entry = Assert.Single(server.Log.Entries, entry => entry.Id == 1009);
        Assert.Contains($"{call}: ", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Does_not_start_where_batches_are_asked_for_and_refused()
    {
        var options = new ListeningOptions
        {
            Endpoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            UdpEngine = UdpEngine.Batches,
            BatchCalls = new FailingCalls { Probe = (NotImplemented, 0) },
        };
        var server = new DnsServer(options, TestServer.Echo, TimeProvider.System, new LogRecorder<DnsServer>());

        var exception = Assert.Throws<UdpEngineException>(server.Start);
        Assert.Contains("recvmmsg", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--udp-engine fastest", exception.Message, StringComparison.Ordinal);
        Assert.Empty(server.Endpoints);
    }

    [Fact]
    public async Task Says_nothing_where_sockets_are_asked_for()
    {
        await using var server = TestServer.Start(udpEngine: UdpEngine.Sockets, batchCalls: new FailingCalls { Probe = (NotImplemented, NotImplemented) });
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Id == 1009);
    }

    [Theory]
    [InlineData(NativeError.WouldBlock)]
    [InlineData(NativeError.NoBufferSpace)]
    public async Task Drops_and_counts_answers_that_the_send_buffer_has_no_room_for(int error)
    {
        var calls = new FailingCalls();
        await using var server = TestServer.Start(udpWorkers: 1, batchCalls: calls);
        using var client = server.ConnectUdp();
        calls.Sending.Enqueue(error);
        client.Send(TestServer.Query(1));
        await Eventually.IsTrue(() => server.Udp.SendBufferFull == 1, "the answer was dropped");

        // The next is answered, so the worker waited for nothing.
        await Ask(client, 2);
        await Eventually.IsTrue(() => server.Udp is { Received: 2, Answered: 1, SendBufferFull: 1, SendFailed: 0 }, "all is counted");
        await server.Server.StopAsync();
        Assert.Contains(server.Log.Entries, entry => entry.Id == 1010 && entry.Message.StartsWith("1 UDP answers were dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sends_again_after_an_interruption()
    {
        var calls = new FailingCalls();
        await using var server = TestServer.Start(udpWorkers: 1, batchCalls: calls);
        using var client = server.ConnectUdp();
        calls.Sending.Enqueue(NativeError.Interrupted);
        calls.Sending.Enqueue(NativeError.Interrupted);

        await Ask(client, 1);
        await Eventually.IsTrue(() => server.Udp is { Received: 1, Answered: 1 }, "it is counted once");
    }

    [Fact]
    public async Task An_interruption_of_receiving_is_no_error()
    {
        var calls = new FailingCalls();
        calls.Receiving.Enqueue(NativeError.Interrupted);
        await using var server = TestServer.Start(udpWorkers: 1, batchCalls: calls);
        using var client = server.ConnectUdp();

        await Ask(client, 1);
        Assert.Empty(calls.Receiving);
        Assert.Equal(0, server.Udp.ReceiveErrors);
    }

    [Fact]
    public async Task Counts_what_cannot_be_sent_and_goes_on()
    {
        var calls = new FailingCalls();
        await using var server = TestServer.Start(udpWorkers: 1, batchCalls: calls);
        using var client = server.ConnectUdp();
        calls.Sending.Enqueue(NetworkUnreachable);
        client.Send(TestServer.Query(1));
        await Eventually.IsTrue(() => server.Udp.SendFailed == 1, "the answer was refused");

        await Ask(client, 2);
    }

    [Fact]
    public async Task Outlives_errors_of_receiving_and_reports_a_row_of_them_once()
    {
        const int Row = 101;
        var calls = new FailingCalls();
        for (var error = 0; error < Row; error++)
        {
            calls.Receiving.Enqueue(NetworkUnreachable);
        }

        await using var server = TestServer.Start(udpWorkers: 1, batchCalls: calls);
        using var client = server.ConnectUdp();

        await Ask(client, 1);
        Assert.Equal(Row, server.Udp.ReceiveErrors);
        Assert.Single(server.Log.Entries, entry => entry.Id == 1005);
    }

    private static async Task Ask(Socket client, ushort id)
    {
        var buffer = new byte[100];
        await client.SendAsync(TestServer.Query(id));
        Assert.Equal(12, await client.ReceiveAsync(buffer).InTime());
        Assert.Equal(TestServer.Answer(id), buffer[..12]);
    }
}
