// Counts the queries that come to an address, by the kernel's copies of its packets.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AltoDns.Harness.Network;

namespace AltoDns.Benchmarks.Measuring;

/// <summary>Of IPv4, port 53. Needs CAP_NET_RAW.</summary>
internal sealed class QueryCounter : IDisposable
{
    private const int Port = 53;
    private const int TcpFlagsOffset = 13;
    private const int TcpSynchronize = 2;
    private const int BufferSize = 16 << 20;

    private readonly Socket _datagrams;
    private readonly Socket _segments;
    private int _queries;
    private int _connections;

    public QueryCounter(NetworkNamespace network, IPAddress address)
    {
        _datagrams = Open(network, address, ProtocolType.Udp);
        _segments = Open(network, address, ProtocolType.Tcp);
        new Thread(() => Receive(_datagrams, _ => _queries++)) { IsBackground = true }.Start();
        new Thread(() => Receive(_segments, TakeSegment)) { IsBackground = true }.Start();
    }

    /// <summary>Queries by UDP and connections by TCP, on each of which one query comes from the resolvers that are used here.</summary>
    public int Total => Volatile.Read(ref _queries) + Volatile.Read(ref _connections);

    public void Dispose()
    {
        _datagrams.Dispose();
        _segments.Dispose();
    }

    private static Socket Open(NetworkNamespace network, IPAddress address, ProtocolType protocol)
    {
        var socket = network.Call(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, protocol));
        socket.ReceiveBufferSize = BufferSize;
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private static void Receive(Socket socket, Action<ReadOnlyMemory<byte>> take)
    {
        var buffer = new byte[ushort.MaxValue];
        try
        {
            while (true)
            {
                var length = socket.Receive(buffer);
                var header = (buffer[0] & 15) * 4;
                if (BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(header + 2)) == Port)
                {
                    take(buffer.AsMemory(header..length));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed: enough was counted.
        }
    }

    private void TakeSegment(ReadOnlyMemory<byte> segment) => _connections += (segment.Span[TcpFlagsOffset] & TcpSynchronize) != 0 ? 1 : 0;
}
