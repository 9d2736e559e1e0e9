// Makes bound sockets with the options that a name server wants of them.

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AltoDns.Server.Answering;

namespace AltoDns.Server.Listening;

internal static class ListenSockets
{
    /// <summary>The longest that a UDP thread waits before it shows that it lives and looks whether it is to stop.</summary>
    public static readonly TimeSpan TurnInterval = TimeSpan.FromMilliseconds(250);

    // Values of the Linux kernel's interface, which .NET does not name.
    private const int SocketLevel = 1;
    private const int ReusePort = 15;
    private const int ReceiveBufferForce = 33;
    private const int IPLevel = 0;
    private const int IPPacketInfo = 8;
    private const int IPMtuDiscover = 10;
    private const int IPv6Level = 41;
    private const int IPv6MtuDiscover = 23;
    private const int IPv6ReceivePacketInfo = 49;
    private const int MtuDiscoverProbe = 3;

    /// <param name="shared">Whether several sockets are to share the endpoint; the kernel then spreads clients over them. Linux only.</param>
    /// <param name="tellsDestination">Whether each datagram is to come with the address it was sent to. Linux only.</param>
    /// <exception cref="ListenException">The system refuses the endpoint.</exception>
    public static Socket BindUdp(IPEndPoint endpoint, bool shared, bool tellsDestination, ListeningOptions options) => Bind(endpoint, Transport.Udp, socket =>
    {
        // The wait for room in a full send buffer ends at the kernel's next tick; the answer is then dropped.
        socket.SendTimeout = 1;
        socket.SendBufferSize = options.UdpSendBuffer;
        socket.ReceiveBufferSize = options.UdpReceiveBuffer;
        if (OperatingSystem.IsLinux())
        {
            socket.ReceiveTimeout = (int)TurnInterval.TotalMilliseconds;

            // Goes beyond net.core.rmem_max where the process has CAP_NET_ADMIN.
            TrySetOption(socket, SocketLevel, ReceiveBufferForce, options.UdpReceiveBuffer);

            // RFC 9715 §3.1, R2: do not fragment. Of the kernel's ways this one sets DF and believes no forged path MTU.
            var (level, mtuDiscover, packetInfo) = endpoint.AddressFamily == AddressFamily.InterNetworkV6
                ? (IPv6Level, IPv6MtuDiscover, IPv6ReceivePacketInfo)
                : (IPLevel, IPMtuDiscover, IPPacketInfo);
            TrySetOption(socket, level, mtuDiscover, MtuDiscoverProbe);
            if (tellsDestination)
            {
                SetOption(socket, level, packetInfo, 1);
            }

            if (shared)
            {
                SetOption(socket, SocketLevel, ReusePort, 1);
            }
        }
        else if (OperatingSystem.IsWindows())
        {
            socket.DontFragment = true;

            // SIO_UDP_CONNRESET: an ICMP error about one client must not disturb reading from the others.
            const int UdpConnectionReset = unchecked((int)0x9800000C);
            socket.IOControl(UdpConnectionReset, [0], null);
        }
    });

    /// <exception cref="ListenException">The system refuses the endpoint.</exception>
    public static Socket BindTcp(IPEndPoint endpoint, int backlog) => Bind(
        endpoint,
        Transport.Tcp,
        socket => socket.NoDelay = true,
        socket => socket.Listen(backlog));

    private static Socket Bind(IPEndPoint endpoint, Transport transport, Action<Socket> prepare, Action<Socket>? finish = null)
    {
        Socket? socket = null;
        try
        {
            socket = transport == Transport.Udp
                ? new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // RFC 3493 §5.3: the IPv4 wildcard is a socket of its own, so this one keeps to IPv6.
                socket.DualMode = false;
            }

            prepare(socket);
            socket.Bind(endpoint);
            finish?.Invoke(socket);
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new ListenException(endpoint, transport, exception);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private static void SetOption(Socket socket, int level, int option, int value) =>
        socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

    private static void TrySetOption(Socket socket, int level, int option, int value)
    {
        try
        {
            SetOption(socket, level, option, value);
        }
        catch (SocketException)
        {
            // An improvement that this kernel or container does not grant.
        }
    }
}
