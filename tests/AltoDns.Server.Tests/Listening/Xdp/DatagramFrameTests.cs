// Frames as they come from the wire: good ones are turned around octet by octet, hostile ones are never trusted.

using System.Buffers.Binary;
using System.Net;
using AltoDns.Server.Listening.Linux.Xdp;

namespace AltoDns.Server.Tests.Listening.Xdp;

public sealed class DatagramFrameTests
{
    private const string IPv4 = "10.77.0.2";
    private const string IPv6 = "fd77::2";
    private const int IP = 14;
    private const int UdpOfIPv4 = 34;
    private const int UdpOfIPv6 = 54;

    public static TheoryData<string> Families => [IPv4, IPv6];

    [Theory]
    [InlineData(IPv4, 0)]
    [InlineData(IPv4, 1)]
    [InlineData(IPv4, 33)]
    [InlineData(IPv4, 512)]
    [InlineData(IPv6, 0)]
    [InlineData(IPv6, 7)]
    [InlineData(IPv6, 512)]
    public void Reads_a_datagram_and_turns_it_around(string client, int length)
    {
        var message = Message(length);
        var answer = Message(length * 2);
        var room = new byte[2048];
        var frame = FrameMaker.Make(client, message);
        frame.CopyTo(room, 0);

        Assert.Equal(FrameOutcome.Datagram, DatagramFrame.Read(room.AsSpan(0, frame.Length), out var datagram));
        Assert.Equal(message, datagram.Payload.ToArray());
        Assert.Equal(IPAddress.Parse(client).GetAddressBytes(), datagram.ClientAddress.ToArray());
        var sent = datagram.TurnAround(room, answer);
        Assert.Equal(FrameMaker.Answer(client, answer), room[..sent]);
        Assert.Equal(sent, datagram.HeadersLength + answer.Length);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Leaves_the_padding_of_short_frames_out(string client)
    {
        byte[] frame = [.. FrameMaker.Make(client, Message(1)), .. Enumerable.Repeat((byte)0xEE, 30)];

        Assert.Equal(FrameOutcome.Datagram, DatagramFrame.Read(frame, out var datagram));
        Assert.Equal(Message(1), datagram.Payload.ToArray());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_truncation_is_malformed(string client)
    {
        var frame = FrameMaker.Make(client, Message(20));
        for (var length = 0; length < frame.Length; length++)
        {
            // A copy of its own, so that reading behind the end would throw.
            Assert.Equal(FrameOutcome.Malformed, Read(frame[..length]));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Any_content_is_read_without_an_exception(string client)
    {
        var random = new Random(7);
        var good = FrameMaker.Make(client, Message(40));
        var outcomes = new HashSet<FrameOutcome>();
        for (var round = 0; round < 50_000; round++)
        {
            var frame = good.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                frame[random.Next(12, frame.Length)] = (byte)random.Next(256);
            }

            outcomes.Add(Read(frame[..random.Next(frame.Length + 1)]));
            outcomes.Add(Read(frame));
        }

        Assert.Contains(FrameOutcome.Malformed, outcomes);
    }

    [Theory]
    [InlineData(IPv4, IP, 0x46)]
    [InlineData(IPv4, IP, 0x65)]
    [InlineData(IPv4, IP + 2, 0xFF)]
    [InlineData(IPv4, IP + 6, 0x60)]
    [InlineData(IPv4, IP + 9, 6)]
    [InlineData(IPv4, IP + 11, 0xAB)]
    [InlineData(IPv4, UdpOfIPv4 + 4, 1)]
    [InlineData(IPv4, UdpOfIPv4 + 5, 7)]
    [InlineData(IPv4, UdpOfIPv4 + 6, 0x12)]
    [InlineData(IPv4, UdpOfIPv4 + 12, 0xEE)]
    [InlineData(IPv6, IP, 0x45)]
    [InlineData(IPv6, IP + 4, 0xFF)]
    [InlineData(IPv6, IP + 6, 44)]
    [InlineData(IPv6, UdpOfIPv6 + 4, 1)]
    [InlineData(IPv6, UdpOfIPv6 + 5, 7)]
    [InlineData(IPv6, UdpOfIPv6 + 7, 0x12)]
    [InlineData(IPv6, UdpOfIPv6 + 12, 0xEE)]
    [InlineData(IPv4, 12, 0x81)]
    public void Wrong_octets_are_malformed(string client, int offset, byte value)
    {
        var frame = FrameMaker.Make(client, Message(20));
        Assert.NotEqual(value, frame[offset]);
        frame[offset] = value;

        Assert.Equal(FrameOutcome.Malformed, Read(frame));
    }

    [Fact]
    public void IPv4_needs_no_UDP_checksum_and_IPv6_does()
    {
        Assert.Equal(FrameOutcome.Datagram, Read(WithUdpChecksum(IPv4, UdpOfIPv4, 0)));
        Assert.Equal(FrameOutcome.Malformed, Read(WithUdpChecksum(IPv6, UdpOfIPv6, 0)));
    }

    [Theory]
    [InlineData(IPv4, "10.77.0.1", UdpOfIPv4)]
    [InlineData(IPv6, "fd77::1", UdpOfIPv6)]
    public void A_checksum_that_hardware_was_to_complete_is_taken(string client, string server, int udp)
    {
        var partial = (ushort)~FrameMaker.Checksum(FrameMaker.PseudoHeader(IPAddress.Parse(client), IPAddress.Parse(server), 8 + 20));

        Assert.Equal(FrameOutcome.Datagram, Read(WithUdpChecksum(client, udp, partial)));
        Assert.Equal(FrameOutcome.Malformed, Read(WithUdpChecksum(client, udp, (ushort)(partial + 1))));
    }

    [Theory]
    [InlineData("0.1.2.3")]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("255.255.255.255")]
    [InlineData("10.77.0.1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("ff02::1")]
    [InlineData("fd77::1")]
    public void Sources_that_cannot_be_answered_are_invalid(string client) =>
        Assert.Equal(FrameOutcome.InvalidSource, Read(FrameMaker.Make(client, Message(20))));

    [Theory]
    [MemberData(nameof(Families))]
    public void Port_0_cannot_be_answered(string client) =>
        Assert.Equal(FrameOutcome.InvalidSource, Read(FrameMaker.Make(client, Message(20), sourcePort: 0)));

    [Theory]
    [MemberData(nameof(Families))]
    public void Several_stations_cannot_be_answered(string client)
    {
        var frame = FrameMaker.Make(client, Message(20));
        frame[6] |= 1;

        Assert.Equal(FrameOutcome.InvalidSource, Read(frame));
    }

    [Theory]
    [InlineData(IPv4)]
    [InlineData(IPv6)]
    public void A_checksum_of_0_is_sent_as_its_other_form(string client)
    {
        // One of all possible last words makes the sum come out as 0.
        var found = false;
        for (var word = 0; word <= ushort.MaxValue && !found; word++)
        {
            byte[] answer = [1, 2, (byte)(word >> 8), (byte)word];
            var expected = FrameMaker.Answer(client, answer);
            var udp = client == IPv4 ? UdpOfIPv4 : UdpOfIPv6;
            if (BinaryPrimitives.ReadUInt16BigEndian(expected.AsSpan(udp + 6)) == ushort.MaxValue)
            {
                var room = new byte[2048];
                FrameMaker.Make(client, Message(4)).CopyTo(room, 0);
                Assert.Equal(FrameOutcome.Datagram, DatagramFrame.Read(room.AsSpan(0, expected.Length), out var datagram));
                Assert.Equal(expected, room[..datagram.TurnAround(room, answer)]);
                found = true;
            }
        }

        Assert.True(found);
    }

    [Fact]
    public void Sums_of_all_lengths_are_those_of_RFC_1071()
    {
        var random = new Random(3);
        for (var length = 0; length < 300; length++)
        {
            var octets = new byte[length];
            random.NextBytes(octets);
            var sum = InternetChecksum.Fold(InternetChecksum.Add(0, octets));
            Assert.Equal(FrameMaker.Checksum(octets), BinaryPrimitives.ReverseEndianness((ushort)~sum));
        }

        Assert.Equal(ushort.MaxValue, InternetChecksum.Fold(InternetChecksum.Add(0, Enumerable.Repeat((byte)0xFF, 65_536).ToArray())));
    }

    private static FrameOutcome Read(byte[] frame) => DatagramFrame.Read(frame, out _);

    private static byte[] WithUdpChecksum(string client, int udp, ushort checksum)
    {
        var frame = FrameMaker.Make(client, Message(20));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(udp + 6), checksum);
        return frame;
    }

    private static byte[] Message(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index * 7))];
}
