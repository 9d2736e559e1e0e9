// Asks from the client's end of a virtual cable, one message at a time, and counts what was asked.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AltoDns.Harness.Network;

namespace AltoDns.Interop.Tests.Xdp;

internal sealed class XdpAsker(VethPair network)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Answered over UDP so far.</summary>
    public int UdpAnswers { get; private set; }

    /// <summary>Answered over TCP so far.</summary>
    public int TcpAnswers { get; private set; }

    public byte[] AskByUdp(byte[] query, IPEndPoint? server = null, Action<Socket>? prepare = null)
    {
        using var socket = Connect(server ?? XdpServer.Endpoint, SocketType.Dgram, prepare);
        var buffer = new byte[ushort.MaxValue];
        socket.Send(query);
        var answer = buffer[..socket.Receive(buffer)];
        UdpAnswers++;
        return answer;
    }

    public byte[] AskByTcp(byte[] query, IPEndPoint? server = null)
    {
        using var socket = Connect(server ?? XdpServer.Endpoint, SocketType.Stream, prepare: null);
        using var stream = new NetworkStream(socket);
        var length = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)query.Length);
        stream.Write([.. length, .. query]);
        stream.ReadExactly(length);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        stream.ReadExactly(answer);
        TcpAnswers++;
        return answer;
    }

    /// <summary>A UDP socket of the client's network, connected to the server.</summary>
    public Socket Connect(IPEndPoint server, SocketType type, Action<Socket>? prepare)
    {
        var protocol = type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp;
        var socket = network.Client.Call(() => new Socket(server.AddressFamily, type, protocol));
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        prepare?.Invoke(socket);
        socket.Connect(server);
        return socket;
    }
}
