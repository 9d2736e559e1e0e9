// An Ethernet frame that holds one UDP datagram over IPv4 or IPv6: taken apart, and turned around into its answer.
//
//   0          14            34 or 54      42 or 62
//   | Ethernet | IPv4 or IPv6 | UDP        | message ... | padding |

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AltoDns.Server.Listening.Linux.Xdp;

internal enum FrameOutcome
{
    /// <summary>It holds a datagram that may be answered.</summary>
    Datagram,

    /// <summary>A length or a checksum is wrong.</summary>
    Malformed,

    /// <summary>Its source is none that an answer could be sent to.</summary>
    InvalidSource,
}

/// <summary>Where the parts of one frame are.</summary>
internal readonly ref struct DatagramFrame
{
    public const int IPOffset = 14;
    public const int IPv4HeadersLength = IPOffset + IPv4Length + UdpLength;
    public const int IPv6HeadersLength = IPOffset + IPv6Length + UdpLength;
    public const ushort IPv4EtherType = 0x0800;
    public const ushort IPv6EtherType = 0x86DD;

    private const int HardwareAddressLength = 6;

    // IEEE 802: in the first octet of an address that stands for several stations.
    private const byte GroupBit = 1;

    private const int IPv4Length = 20;
    private const int IPv6Length = 40;
    private const int UdpLength = 8;
    private const byte Udp = 17;

    // RFC 1700: hosts send with 64, as Linux does.
    private const byte HopLimit = 64;

    private readonly Span<byte> _frame;
    private readonly bool _isIPv6;
    private readonly int _length;

    private DatagramFrame(Span<byte> frame, bool isIPv6, int length)
    {
        _frame = frame;
        _isIPv6 = isIPv6;
        _length = length;
    }

    /// <summary>The message.</summary>
    public ReadOnlySpan<byte> Payload => _frame[HeadersLength.._length];

    /// <summary>4 or 16 octets in network order.</summary>
    public ReadOnlySpan<byte> ClientAddress => SourceOf(_frame, _isIPv6);

    public ushort ClientPort => BinaryPrimitives.ReadUInt16BigEndian(_frame[(HeadersLength - UdpLength)..]);

    /// <summary>Octets before the message, of the Ethernet header, too.</summary>
    public int HeadersLength => _isIPv6 ? IPv6HeadersLength : IPv4HeadersLength;

    /// <summary>Octets of IP and UDP headers, which count against the interface's MTU.</summary>
    public int PacketOverhead => HeadersLength - IPOffset;

    /// <summary>Checks every length that the frame claims, its checksums and its source.</summary>
    /// <param name="frame">As received, of any content; the answer is written over it.</param>
    public static FrameOutcome Read(Span<byte> frame, out DatagramFrame datagram)
    {
        datagram = default;
        if (frame.Length < IPv4HeadersLength)
        {
            return FrameOutcome.Malformed;
        }

        var etherType = BinaryPrimitives.ReadUInt16BigEndian(frame[(2 * HardwareAddressLength)..]);
        var isIPv6 = etherType == IPv6EtherType;
        if (isIPv6 ? !TryReadIPv6(frame, out var end) : (etherType != IPv4EtherType || !TryReadIPv4(frame, out end)))
        {
            return FrameOutcome.Malformed;
        }

        var udp = frame[(isIPv6 ? IPOffset + IPv6Length : IPOffset + IPv4Length)..end];
        var udpLength = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (udpLength < UdpLength || udpLength > udp.Length || !HasGoodChecksum(frame, isIPv6, udp[..udpLength]))
        {
            return FrameOutcome.Malformed;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(udp) == 0
            || (frame[HardwareAddressLength] & GroupBit) != 0
            || !IsUnicast(SourceOf(frame, isIPv6))
            || SourceOf(frame, isIPv6).SequenceEqual(DestinationOf(frame, isIPv6)))
        {
            return FrameOutcome.InvalidSource;
        }

        datagram = new DatagramFrame(frame, isIPv6, end - udp.Length + udpLength);
        return FrameOutcome.Datagram;
    }

    /// <summary>Makes the frame that answers this one, over it.</summary>
    /// <param name="room">The same memory as the frame, as long as an answer may take.</param>
    /// <param name="message">Not within the frame; fits into the room behind the headers.</param>
    /// <returns>Octets of the frame to send.</returns>
    public int TurnAround(Span<byte> room, ReadOnlySpan<byte> message)
    {
        message.CopyTo(room[HeadersLength..]);
        SwapHardwareAddresses(room);
        var udpLength = (ushort)(UdpLength + message.Length);
        var ip = room[IPOffset..];
        if (_isIPv6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(ip, 0x60000000);
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], udpLength);
            ip[6] = Udp;
            ip[7] = HopLimit;
            Swap<UInt128>(ip.Slice(8, 32));
        }
        else
        {
            // RFC 9715 §3.1, R2: do not fragment; RFC 6864 §4.1: then the ID has no meaning.
            BinaryPrimitives.WriteUInt16BigEndian(ip, 0x4500);
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(IPv4Length + udpLength));
            BinaryPrimitives.WriteUInt32BigEndian(ip[4..], 0x00004000);
            BinaryPrimitives.WriteUInt32BigEndian(ip[8..], (HopLimit << 24) | (Udp << 16));
            Swap<uint>(ip.Slice(12, 8));
            BinaryPrimitives.WriteUInt16LittleEndian(ip[10..], (ushort)~InternetChecksum.Fold(InternetChecksum.Add(0, ip[..IPv4Length])));
        }

        var udp = ip.Slice(_isIPv6 ? IPv6Length : IPv4Length, udpLength);
        Swap<ushort>(udp[..4]);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], udpLength);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
        var checksum = (ushort)~InternetChecksum.Fold(InternetChecksum.Add(PseudoHeader(room, _isIPv6, udpLength), udp));

        // RFC 768: what comes out as 0 is sent as its other form, since 0 means that there is none.
        BinaryPrimitives.WriteUInt16LittleEndian(udp[6..], checksum == 0 ? ushort.MaxValue : checksum);
        return HeadersLength + message.Length;
    }

    /// <param name="end">Where the packet ends; a short one is padded behind (IEEE 802.3).</param>
    private static bool TryReadIPv4(ReadOnlySpan<byte> frame, out int end)
    {
        var ip = frame[IPOffset..];
        end = IPOffset + BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        return ip[0] == 0x45
            && ip[9] == Udp
            && (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF) == 0
            && end >= IPv4HeadersLength
            && end <= frame.Length
            && InternetChecksum.Fold(InternetChecksum.Add(0, ip[..IPv4Length])) == 0xFFFF;
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> frame, out int end)
    {
        var ip = frame[IPOffset..];
        end = IPOffset + IPv6Length + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        return (ip[0] & 0xF0) == 0x60 && ip[6] == Udp && end >= IPv6HeadersLength && end <= frame.Length;
    }

    private static bool HasGoodChecksum(ReadOnlySpan<byte> frame, bool isIPv6, ReadOnlySpan<byte> udp)
    {
        // RFC 768: 0 is no checksum; RFC 8200 §8.1: IPv6 requires one.
        var claimed = BinaryPrimitives.ReadUInt16LittleEndian(udp[6..]);
        if (claimed == 0)
        {
            return !isIPv6;
        }

        // What another machine of the same host sends over a virtual interface has only the pseudo header's sum in it:
        // the kernel leaves the rest to hardware that such a frame never meets.
        var pseudoHeader = PseudoHeader(frame, isIPv6, (ushort)udp.Length);
        return InternetChecksum.Fold(InternetChecksum.Add(pseudoHeader, udp)) == 0xFFFF || claimed == InternetChecksum.Fold(pseudoHeader);
    }

    private static ulong PseudoHeader(ReadOnlySpan<byte> frame, bool isIPv6, ushort udpLength) => InternetChecksum.Add(
        (ulong)BinaryPrimitives.ReverseEndianness(udpLength) + BinaryPrimitives.ReverseEndianness((ushort)Udp),
        isIPv6 ? frame.Slice(IPOffset + 8, 32) : frame.Slice(IPOffset + 12, 8));

    private static ReadOnlySpan<byte> SourceOf(ReadOnlySpan<byte> frame, bool isIPv6) =>
        isIPv6 ? frame.Slice(IPOffset + 8, 16) : frame.Slice(IPOffset + 12, 4);

    private static ReadOnlySpan<byte> DestinationOf(ReadOnlySpan<byte> frame, bool isIPv6) =>
        isIPv6 ? frame.Slice(IPOffset + 24, 16) : frame.Slice(IPOffset + 16, 4);

    // RFC 6890: neither "this network" nor loopback, multicast or broadcast are sources of packets on a wire.
    private static bool IsUnicast(ReadOnlySpan<byte> address) => address.Length == 4
        ? address[0] is not (0 or 127 or (>= 224 and <= 239)) && BinaryPrimitives.ReadUInt32BigEndian(address) != uint.MaxValue
        : address[0] != 0xFF && (address[..15].ContainsAnyExcept((byte)0) || address[15] > 1);

    // Each of six octets, as a word of four and one of two.
    private static void SwapHardwareAddresses(Span<byte> ethernet)
    {
        var destinationStart = BinaryPrimitives.ReadUInt32LittleEndian(ethernet);
        var destinationEnd = BinaryPrimitives.ReadUInt16LittleEndian(ethernet[4..]);
        var sourceStart = BinaryPrimitives.ReadUInt32LittleEndian(ethernet[6..]);
        var sourceEnd = BinaryPrimitives.ReadUInt16LittleEndian(ethernet[10..]);
        BinaryPrimitives.WriteUInt32LittleEndian(ethernet, sourceStart);
        BinaryPrimitives.WriteUInt16LittleEndian(ethernet[4..], sourceEnd);
        BinaryPrimitives.WriteUInt32LittleEndian(ethernet[6..], destinationStart);
        BinaryPrimitives.WriteUInt16LittleEndian(ethernet[10..], destinationEnd);
    }

    /// <summary>Exchanges the first half of some octets for the second; each is as long as the type.</summary>
    private static void Swap<T>(Span<byte> octets)
        where T : unmanaged
    {
        var halves = MemoryMarshal.Cast<byte, T>(octets);
        (halves[0], halves[1]) = (halves[1], halves[0]);
    }
}
