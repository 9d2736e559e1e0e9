// Ethernet frames with a UDP datagram in them, as a client's network card would send them.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AltoDns.Server.Tests.Listening.Xdp;

/// <summary>Written from the RFCs and apart from the code under test: word by word, with checksums that are added up naively.</summary>
internal static class FrameMaker
{
    public static byte[] ServerHardware { get; } = [2, 0, 0, 0, 0, 1];

    public static byte[] ClientHardware { get; } = [2, 0, 0, 0, 0, 2];

    /// <summary>From port 4321 to port 53.</summary>
    /// <param name="client">IPv4 or IPv6; the server is of the same family.</param>
    public static byte[] Make(string client, byte[] message, string? server = null, ushort sourcePort = 4321)
    {
        var source = IPAddress.Parse(client);
        var isIPv6 = source.AddressFamily == AddressFamily.InterNetworkV6;
        var destination = IPAddress.Parse(server ?? (isIPv6 ? "fd77::1" : "10.77.0.1"));
        return Frame(ServerHardware, ClientHardware, destination, source, sourcePort, 53, message);
    }

    /// <summary>The frame that answers a frame of <see cref="Make"/>.</summary>
    public static byte[] Answer(string client, byte[] message)
    {
        var destination = IPAddress.Parse(client);
        var source = IPAddress.Parse(destination.AddressFamily == AddressFamily.InterNetworkV6 ? "fd77::1" : "10.77.0.1");
        return Frame(ClientHardware, ServerHardware, destination, source, 53, 4321, message);
    }

    /// <summary>Ones' complement of the sum of 16-bit words in network order (RFC 1071 §1).</summary>
    public static ushort Checksum(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            sum += (uint)octets[i] << (i % 2 == 0 ? 8 : 0);
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    /// <summary>Source, destination, length and protocol, as UDP's checksum has them in front (RFC 768, RFC 8200 §8.1).</summary>
    public static byte[] PseudoHeader(IPAddress source, IPAddress destination, int udpLength) =>
        [.. source.GetAddressBytes(), .. destination.GetAddressBytes(), (byte)(udpLength >> 8), (byte)udpLength, 0, 17];

    private static byte[] Frame(byte[] toHardware, byte[] fromHardware, IPAddress to, IPAddress from, ushort fromPort, ushort toPort, byte[] message)
    {
        var udp = new byte[8 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(udp, fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(2), toPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), (ushort)udp.Length);
        message.CopyTo(udp, 8);
        var checksum = Checksum([.. PseudoHeader(from, to, udp.Length), .. udp]);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(6), checksum == 0 ? ushort.MaxValue : checksum);
        return [.. toHardware, .. fromHardware, .. to.AddressFamily == AddressFamily.InterNetworkV6 ? IPv6(to, from, udp) : IPv4(to, from, udp)];
    }

    private static byte[] IPv4(IPAddress to, IPAddress from, byte[] udp)
    {
        byte[] header = [0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0, .. from.GetAddressBytes(), .. to.GetAddressBytes()];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(header.Length + udp.Length));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return [0x08, 0x00, .. header, .. udp];
    }

    private static byte[] IPv6(IPAddress to, IPAddress from, byte[] udp) =>
        [0x86, 0xDD, 0x60, 0, 0, 0, (byte)(udp.Length >> 8), (byte)udp.Length, 17, 64, .. from.GetAddressBytes(), .. to.GetAddressBytes(), .. udp];
}
