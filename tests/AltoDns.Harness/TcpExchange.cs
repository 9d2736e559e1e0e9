// Many questions on one TCP connection, two octets of length before each message (RFC 1035 §4.2.2).

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AltoDns.Harness;

/// <summary>Answers may come in any order (RFC 7766 §6.2.1.1); a connection that the server closes is opened again for the rest.</summary>
internal sealed class TcpExchange(IPEndPoint server, IReadOnlyList<Query> queries, TimeSpan patience)
{
    private const int Window = 16;

    private readonly Answer?[] _answers = new Answer?[queries.Count];

    public IReadOnlyList<Answer?> Run()
    {
        var open = Enumerable.Range(0, queries.Count).ToList();
        while (open.Count > 0)
        {
            var before = open.Count;
            AskOnOneConnection(open);
            open.RemoveAll(index => _answers[index] is not null);
            if (open.Count == before)
            {
                break;
            }
        }

        return _answers;
    }

    private void AskOnOneConnection(List<int> open)
    {
        using var client = new TcpClient { NoDelay = true };
        client.ReceiveTimeout = client.SendTimeout = (int)patience.TotalMilliseconds;
        var inFlight = new Dictionary<ushort, int>();
        var next = 0;
        try
        {
            client.Connect(server);
            var stream = client.GetStream();
            while (next < open.Count || inFlight.Count > 0)
            {
                for (; next < open.Count && inFlight.Count < Window; next++)
                {
                    inFlight.Add((ushort)next, open[next]);
                    Send(stream, queries[open[next]].ToWire((ushort)next));
                }

                var message = Receive(stream);
                if (inFlight.Remove(BinaryPrimitives.ReadUInt16BigEndian(message), out var index))
                {
                    _answers[index] = Answer.Parse(message);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The server closed the connection or fell silent: what is unanswered is asked again on a new one.
        }
    }

    private static void Send(NetworkStream stream, byte[] message)
    {
        var framed = new byte[sizeof(ushort) + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, sizeof(ushort));
        stream.Write(framed);
    }

    private static byte[] Receive(NetworkStream stream)
    {
        var length = new byte[sizeof(ushort)];
        stream.ReadExactly(length);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        stream.ReadExactly(message);
        return message;
    }
}
