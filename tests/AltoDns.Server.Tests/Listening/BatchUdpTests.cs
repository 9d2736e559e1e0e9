// The UDP engine of Linux: what only batches can get wrong.

using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Server.Listening.Linux;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Listening;

public sealed class BatchUdpTests : UdpTests
{
    public BatchUdpTests()
        : base(UdpEngine.Batches) => Assert.SkipUnless(NativeMethods.IsSupported, "Batches of datagrams need 64-bit Linux.");

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.5")]
    [InlineData("0.0.0.0", "127.1.2.3")]
    [InlineData("::", "::1")]
    public async Task Answers_from_any_address_of_the_machine_when_bound_to_the_wildcard(string wildcard, string asked)
    {
        await using var server = Start(address: IPAddress.Parse(wildcard));
        var address = IPAddress.Parse(asked);
        using var client = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);

        // A connected socket takes answers from no other address.
        client.Connect(address, server.Endpoint.Port);
        Assert.Equal(TestServer.Answer(5), await Ask(client, TestServer.Query(5)));
    }

    [Fact]
    public async Task A_wildcard_answers_each_query_of_a_batch_from_the_address_it_asked()
    {
        using var go = new ManualResetEventSlim();
        await using var server = Start(Waiting(go), address: IPAddress.Any, udpWorkers: 1);
        var clients = Enumerable.Range(1, 40).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)).ToList();
        for (var i = 0; i < clients.Count; i++)
        {
            clients[i].Connect(IPAddress.Parse($"127.0.0.{i + 1}"), server.Endpoint.Port);
            clients[i].Send(TestServer.Query((ushort)i));
        }

        go.Set();
        for (var i = 0; i < clients.Count; i++)
        {
            Assert.Equal(TestServer.Answer((ushort)i), await Receive(clients[i]));
            clients[i].Dispose();
        }
    }

    [Fact]
    public async Task The_wildcard_of_IPv6_leaves_IPv4_to_others()
    {
        await using var server = Start(address: IPAddress.IPv6Any);
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.88"), server.Endpoint.Port));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(1024)]
    public async Task Answers_more_queries_than_a_batch_holds(int batchSize)
    {
        using var go = new ManualResetEventSlim();
        await using var server = Start(Waiting(go), udpWorkers: 1, udpBatchSize: batchSize);
        using var client = server.ConnectUdp();
        for (ushort id = 0; id < 100; id++)
        {
            client.Send(TestServer.Query(id, length: 12 + id));
        }

        go.Set();
        for (ushort id = 0; id < 100; id++)
        {
            Assert.Equal(TestServer.Answer(id, length: 12 + id), await Receive(client));
        }
    }

    [Fact]
    public async Task What_cannot_be_sent_does_not_keep_the_rest_of_its_batch()
    {
        using var go = new ManualResetEventSlim();
        await using var server = Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            {
                go.Wait();
                var length = TestServer.Echo(request, response, context);
                return (request[1] % 5) switch
                {
                    0 => response.Length,
                    1 => throw new InvalidOperationException("a fault"),
                    2 => 0,
                    _ => length,
                };
            },
            udpWorkers: 1,
            udpMaxAnswer: ushort.MaxValue);
        using var client = server.ConnectUdp();
        for (ushort id = 0; id < 40; id++)
        {
            client.Send(TestServer.Query(id));
        }

        go.Set();
        for (ushort id = 0; id < 40; id++)
        {
            if (id % 5 is 0 or 3 or 4)
            {
                var answer = await Receive(client);
                Assert.Equal((byte)id, answer[1]);
                Assert.Equal(id % 5 == 0 ? 1232 : 12, answer.Length);
            }
        }

        await Eventually.IsTrue(() => server.Udp is { Received: 40, Answered: 24, Shortened: 8, Faults: 8, Silent: 8, SendFailed: 0 }, "all is counted");
    }

    [Fact]
    public async Task Gives_the_handler_no_more_room_than_the_largest_answer()
    {
        var room = 0;
        await using var server = Start(
            (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
            {
                room = response.Length;
                return TestServer.Echo(request, response, context);
            },
            udpMaxAnswer: 1400);
        using var client = server.ConnectUdp();
        await Ask(client, TestServer.Query(1));
        Assert.Equal(1400, room);
    }

    [Fact]
    public void The_kernels_structures_have_the_kernels_sizes()
    {
        Assert.Equal(64, Unsafe.SizeOf<BatchedMessage>());
        Assert.Equal(16, Unsafe.SizeOf<BufferReference>());
    }

    private static QueryHandler Waiting(ManualResetEventSlim go) => (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
    {
        go.Wait();
        return TestServer.Echo(request, response, context);
    };
}
