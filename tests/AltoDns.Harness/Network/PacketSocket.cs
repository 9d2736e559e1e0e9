// Sends whole Ethernet frames of any content, as only a raw socket can.

using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AltoDns.Harness.Network;

/// <summary>Made within the network of its interface: see <see cref="NetworkNamespace.Call"/>. Needs CAP_NET_RAW.</summary>
public sealed class PacketSocket : IDisposable
{
    private readonly Socket _socket;
    private readonly InterfaceEndPoint _interface;

    /// <param name="name">As ip link shows it.</param>
    /// <exception cref="Win32Exception">There is no such interface.</exception>
    public PacketSocket(string name)
    {
        var index = IndexOf(name);
        _interface = index > 0 ? new InterfaceEndPoint(index) : throw new Win32Exception(Marshal.GetLastPInvokeError());
        _socket = new Socket(AddressFamily.Packet, SocketType.Raw, 0);
    }

    public void Send(byte[] frame) => _socket.SendTo(frame, _interface);

    public void Dispose() => _socket.Dispose();

    [DllImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int IndexOf(string name);

    /// <summary>struct sockaddr_ll: family, protocol, interface; the rest is not needed for sending.</summary>
    private sealed class InterfaceEndPoint(int index) : EndPoint
    {
        private const int Length = 20;
        private const int IndexOffset = 4;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, Length);
            BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[IndexOffset..], index);
            return address;
        }
    }
}
