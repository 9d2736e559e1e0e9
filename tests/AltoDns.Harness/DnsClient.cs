// Asks a server many questions at once, by UDP or TCP, a bounded number in flight.

using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AltoDns.Harness.Network;
using AltoDns.Protocol.Messages;

namespace AltoDns.Harness;

/// <summary>A client of one server. Each call has a socket of its own; safe for several threads.</summary>
/// <param name="network">Where it asks by UDP; null: in the machine's network.</param>
public sealed class DnsClient(IPEndPoint server, NetworkNamespace? network = null)
{
    /// <summary>Queries in flight by UDP.</summary>
    public int Window { get; init; } = 64;

    /// <summary>How long the client goes on without a single answer before it gives up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer by UDP may take until the query is sent once more.</summary>
    public TimeSpan RetransmitAfter { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Asks by UDP; answers stand at their query's index.</summary>
    /// <exception cref="TimeoutException">A query was not answered.</exception>
    public async Task<IReadOnlyList<Answer>> AskAsync(IReadOnlyList<Query> queries) => Complete(queries, await TryAskAsync(queries));

    /// <summary>Asks by TCP, pipelined on one connection (RFC 7766 §6.2.1.1).</summary>
    /// <exception cref="TimeoutException">A query was not answered.</exception>
    public async Task<IReadOnlyList<Answer>> AskByTcpAsync(IReadOnlyList<Query> queries) =>
        Complete(queries, await Task.Run(() => new TcpExchange(server, queries, Patience).Run()));

    public async Task<Answer> AskAsync(Query query) => (await AskAsync([query]))[0];

    public async Task<Answer> AskByTcpAsync(Query query) => (await AskByTcpAsync([query]))[0];

    /// <summary>Asks by UDP; null stands for a query that was not answered.</summary>
    public Task<IReadOnlyList<Answer?>> TryAskAsync(IReadOnlyList<Query> queries) => Task.Run<IReadOnlyList<Answer?>>(() => AskByUdp(queries));

    private Answer?[] AskByUdp(IReadOnlyList<Query> queries)
    {
        var answers = new Answer?[queries.Count];
        var inFlight = new Dictionary<ushort, int>();
        using var socket = network is null ? MakeSocket() : network.Call(MakeSocket);
        socket.ReceiveBufferSize = 4 << 20;
        socket.Connect(server);
        var buffer = new byte[ushort.MaxValue];
        var next = 0;
        var sinceAnswer = Stopwatch.StartNew();
        while (next < queries.Count || inFlight.Count > 0)
        {
            for (; next < queries.Count && inFlight.Count < Window; next++)
            {
                inFlight.Add((ushort)next, next);
                TrySend(socket, queries[next].ToWire((ushort)next));
            }

            if (socket.Poll(RetransmitAfter, SelectMode.SelectRead))
            {
                if (!TryReceive(socket, buffer, out var message))
                {
                    // Nobody listens at the port, as ICMP told: waiting here would not help.
                    break;
                }

                if (inFlight.Remove(BinaryPrimitives.ReadUInt16BigEndian(message), out var index))
                {
                    answers[index] = Answer.Parse(message);
                    sinceAnswer.Restart();
                }

                continue;
            }

            if (sinceAnswer.Elapsed > Patience)
            {
                break;
            }

            foreach (var (id, index) in inFlight)
            {
                TrySend(socket, queries[index].ToWire(id));
            }
        }

        return answers;
    }

    private static Socket MakeSocket() => new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    private static void TrySend(Socket socket, byte[] message)
    {
        try
        {
            socket.Send(message);
        }
        catch (SocketException)
        {
            // The ICMP message about an earlier datagram; receiving tells of it, too.
        }
    }

    private static bool TryReceive(Socket socket, byte[] buffer, out ReadOnlySpan<byte> message)
    {
        try
        {
            message = buffer.AsSpan(0, socket.Receive(buffer));
            return message.Length >= MessageHeader.Length;
        }
        catch (SocketException)
        {
            message = default;
            return false;
        }
    }

    private IReadOnlyList<Answer> Complete(IReadOnlyList<Query> queries, IReadOnlyList<Answer?> answers)
    {
        var missing = Enumerable.Range(0, answers.Count).Where(index => answers[index] is null).ToList();
        return missing.Count == 0
            ? [.. answers.Select(answer => answer!)]
            : throw new TimeoutException($"{missing.Count} of {queries.Count} queries were not answered by {server}, first: {queries[missing[0]]}");
    }
}
