// A flood of questions with forged sources, as an attacker sends them who wants the answers to hit somebody else.

using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AltoDns.Harness.Network;

namespace AltoDns.Interop.Tests.Protection;

/// <summary>Sends from its own thread until disposed of. Needs CAP_NET_RAW in the network.</summary>
internal sealed class ForgedFlood : IDisposable
{
    private const int IPLength = 20;
    private const int UdpLength = 8;
    private const byte Udp = 17;
    private const ushort DnsPort = 53;

    private readonly Socket _socket;
    private readonly IPEndPoint _server;
    private readonly Func<Random, (IPAddress Source, byte[] Message)> _next;
    private readonly int _perSecond;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _sent;

    /// <param name="next">The next question and in whose name it is asked.</param>
    public ForgedFlood(NetworkNamespace network, IPAddress server, int perSecond, Func<Random, (IPAddress Source, byte[] Message)> next)
    {
        _server = new IPEndPoint(server, 0);
        _next = next;
        _perSecond = perSecond;
        _socket = network.Call(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp));
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
        _thread = new Thread(Run) { IsBackground = true, Name = "forged flood" };
        _thread.Start();
    }

    /// <summary>Datagrams handed to the system.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Run()
    {
        var random = new Random(1);
        var clock = Stopwatch.StartNew();
        while (!_stopping)
        {
            var due = (long)(clock.Elapsed.TotalSeconds * _perSecond) - _sent;
            if (due <= 0)
            {
                Thread.Yield();
                continue;
            }

            for (var i = 0; i < due && !_stopping; i++)
            {
                var (source, message) = _next(random);
                _socket.SendTo(Packet(source, (ushort)random.Next(1024, ushort.MaxValue), message), _server);
                Interlocked.Increment(ref _sent);
            }
        }
    }

    // The system fills in length, identification and checksum of the IP header (raw(7)); UDP over IPv4 may go without a checksum.
    private byte[] Packet(IPAddress source, ushort port, byte[] message)
    {
        var packet = new byte[IPLength + UdpLength + message.Length];
        packet[0] = 0x45;
        packet[8] = 64;
        packet[9] = Udp;
        source.TryWriteBytes(packet.AsSpan(12), out _);
        _server.Address.TryWriteBytes(packet.AsSpan(16), out _);
        var udp = packet.AsSpan(IPLength);
        BinaryPrimitives.WriteUInt16BigEndian(udp, port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], DnsPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(UdpLength + message.Length));
        message.CopyTo(udp[UdpLength..]);
        return packet;
    }
}
