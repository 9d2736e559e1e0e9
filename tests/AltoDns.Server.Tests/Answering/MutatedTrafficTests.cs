// Mutated packets through real sockets: the server goes on answering, and a client that sends garbage harms only itself.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Answering;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Answering;

public sealed class MutatedTrafficTests
{
    private const int Seed = 8686;
    private const int PacketsBetweenValidQueries = 50;
    private const int FramesPerConnection = 20;
    private const ushort ValidId = 0xA170;
    private const int TimeoutMilliseconds = 10_000;
    private const long MemorySlack = 32 << 20;

    private static readonly Scenario Scenario = ScenarioReader.AllFiles.Select(ScenarioReader.Read)
        .First(scenario => scenario.Zones[0].Origin.ToString() == "example.");

    [Fact]
    public async Task Answers_after_mutated_datagrams()
    {
        await using var server = Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = TimeoutMilliseconds };
        socket.Connect(server.Endpoint);
        var mutator = new PacketMutator(new Random(Seed), PacketMutator.SeedsOf([Scenario]));
        AskByUdp(socket);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 1; i <= PacketMutator.Count; i++)
        {
            socket.Send(mutator.Next());
            if (i % PacketsBetweenValidQueries == 0)
            {
                AskByUdp(socket);
            }
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MemorySlack);
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task Answers_after_mutated_streams()
    {
        await using var server = Start();
        var random = new Random(Seed);
        var mutator = new PacketMutator(random, PacketMutator.SeedsOf([Scenario]));
        AskByTcp(server.Endpoint);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var sent = 0; sent < PacketMutator.Count; sent += FramesPerConnection)
        {
            SendGarbage(server.Endpoint, mutator, random);
            AskByTcp(server.Endpoint);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MemorySlack);
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    private static TestServer Start() =>
        TestServer.Start(new QueryProcessor(new ZoneStore(Scenario.LoadZones()), Asker.Talkative).Process);

    // The answers to what was sent before come first and do not count.
    private static void AskByUdp(Socket socket)
    {
        socket.Send(Scenario.Questions[0].ToWire(ValidId));
        var answer = new byte[ushort.MaxValue];
        while (true)
        {
            var length = socket.Receive(answer);
            if (BinaryPrimitives.ReadUInt16BigEndian(answer) == ValidId)
            {
                Check(answer.AsSpan(0, length));
                return;
            }
        }
    }

    private static void AskByTcp(IPEndPoint endpoint)
    {
        using var socket = Connect(endpoint);
        socket.Send(Frame(Scenario.Questions[0].ToWire(ValidId)));
        var prefix = ReceiveExactly(socket, sizeof(ushort));
        Check(ReceiveExactly(socket, BinaryPrimitives.ReadUInt16BigEndian(prefix)));
    }

    private static void SendGarbage(IPEndPoint endpoint, PacketMutator mutator, Random random)
    {
        using var socket = Connect(endpoint);
        try
        {
            for (var i = 0; i < FramesPerConnection; i++)
            {
                var frame = Frame(mutator.Next());
                if (random.Next(10) == 0)
                {
                    // A length that lies makes all that follows garbage, too.
                    frame[random.Next(sizeof(ushort))] ^= (byte)(1 << random.Next(8));
                }

                socket.Send(frame);
            }
        }
        catch (SocketException)
        {
            // The server has had enough of this connection, as it may.
        }
    }

    private static Socket Connect(IPEndPoint endpoint)
    {
        // Reset at the end, so that thousands of closed connections do not hold ports.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = TimeoutMilliseconds,
            SendTimeout = TimeoutMilliseconds,
            LingerState = new LingerOption(enable: true, seconds: 0),
            NoDelay = true,
        };
        socket.Connect(endpoint);
        return socket;
    }

    private static byte[] Frame(ReadOnlySpan<byte> message)
    {
        var frame = new byte[sizeof(ushort) + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)message.Length);
        message.CopyTo(frame.AsSpan(sizeof(ushort)));
        return frame;
    }

    private static byte[] ReceiveExactly(Socket socket, int length)
    {
        var octets = new byte[length];
        for (var received = 0; received < length;)
        {
            var count = socket.Receive(octets.AsSpan(received));
            Assert.NotEqual(0, count);
            received += count;
        }

        return octets;
    }

    private static void Check(ReadOnlySpan<byte> answer) =>
        Assert.Null(AnswerComparer.Compare(Scenario.Questions[0], AnswerMessage.Parse(answer), Strictness.Rfc));
}
