// Reading untrusted octets: names with every trick of pointers, and fields that are cut short.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Tests.Messages;

public sealed class WireReaderTests
{
    private static readonly byte[] Header = new byte[MessageHeader.Length];

    /// <summary>What follows the header; the name to read starts at the given offset of the whole message.</summary>
    [Theory]
    [InlineData("00", 12, ".", 13)]
    [InlineData("016100", 12, "a.", 15)]
    [InlineData("016100C00CFF", 15, "a.", 17)]
    [InlineData("016100" + "0162C00C" + "FF", 15, "b.a.", 19)]
    [InlineData("016100" + "0162C00C" + "0163C00F" + "C013", 23, "c.b.a.", 25)]
    [InlineData("0161" + "0162C00E", 12, null, 0)] // pointer to the label before itself: read already
    [InlineData("C00C", 12, null, 0)] // itself
    [InlineData("C00EC00C", 12, null, 0)] // forward
    [InlineData("C00E00", 12, null, 0)] // forward to a root
    [InlineData("0161C00C", 12, null, 0)] // loop through a label
    [InlineData("C00EC00C", 14, null, 0)] // back, then forward
    [InlineData("0161C00C00C00C", 17, null, 0)] // back into a loop
    [InlineData("00C000", 13, null, 0)] // into the header
    [InlineData("00C00B", 13, null, 0)] // last octet of the header
    [InlineData("00FFFF", 13, null, 0)] // beyond the message
    [InlineData("C0", 12, null, 0)] // pointer cut short
    [InlineData("00" + "0161C0", 13, null, 0)]
    [InlineData("0161", 12, null, 0)] // no root
    [InlineData("0261", 12, null, 0)] // label cut short
    [InlineData("4061", 12, null, 0)] // label kinds 01 and 10
    [InlineData("8061", 12, null, 0)]
    [InlineData("00" + "0161" + "800C", 13, null, 0)]
    [InlineData("", 12, null, 0)]
    public void Name_is_read_or_refused_without_moving(string hex, int start, string? expected, int end)
    {
        byte[] message = [.. Header, .. Convert.FromHexString(hex)];
        var reader = new WireReader(message);
        Assert.True(reader.TryReadOctets(start, out _));
        Assert.Equal(expected is not null, reader.TryReadName(out var name));
        Assert.Equal(expected ?? ".", name.ToString());
        Assert.Equal(expected is null ? start : end, reader.Position);
    }

    [Fact]
    public void Pointer_inside_record_data_leads_out_of_it()
    {
        byte[] message = [.. Header, 1, (byte)'a', 0, 1, (byte)'b', 0xC0, 12, 9];
        var reader = new WireReader(message);
        Assert.True(reader.TryReadOctets(15, out _));
        Assert.True(reader.TryReadSection(4, out var section));
        Assert.Equal(19, reader.Position);
        Assert.True(section.TryReadName(out var name));
        Assert.Equal("b.a.", name.ToString());
        Assert.True(section.AtEnd);
    }

    [Fact]
    public void Name_does_not_reach_over_the_end_of_record_data()
    {
        byte[] message = [.. Header, 1, (byte)'a', 1, (byte)'b', 0];
        var reader = new WireReader(message);
        Assert.True(reader.TryReadOctets(12, out _));
        for (var length = 0; length < 5; length++)
        {
            var copy = reader;
            Assert.True(copy.TryReadSection(length, out var section));
            Assert.False(section.TryReadName(out _));
            Assert.Equal(12, section.Position);
        }

        Assert.False(reader.TryReadSection(6, out _));
        Assert.False(reader.TryReadSection(-1, out _));
        Assert.Equal(12, reader.Position);
    }

    [Theory]
    [InlineData(126, true)]
    [InlineData(127, false)]
    public void Name_has_at_most_127_labels_through_pointers(int earlierLabels, bool isRead)
    {
        byte[] earlier = [.. Enumerable.Repeat<byte[]>([1, (byte)'x'], earlierLabels).SelectMany(label => label), 0];
        byte[] message = [.. Header, .. earlier, 1, (byte)'y', 0xC0, 12];
        var start = Header.Length + earlier.Length;
        var reader = new WireReader(message);
        Assert.True(reader.TryReadOctets(start, out _));
        Assert.Equal(isRead, reader.TryReadName(out var name));
        Assert.Equal(isRead ? 127 : 0, name.LabelCount);
        Assert.Equal(isRead ? 255 : 1, name.Length);
        Assert.Equal(isRead ? message.Length : start, reader.Position);
    }

    [Fact]
    public void Name_of_256_octets_is_refused()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];
        byte[] three = [.. label, .. label, .. label];
        Assert.True(Read([.. three, 61, .. label[..61], 0], out var name));
        Assert.Equal(255, name.Length);
        Assert.False(Read([.. three, 62, .. label[..62], 0], out _));
        Assert.False(Read([.. three, .. label, 0], out _));
    }

    [Fact]
    public void Chain_of_pointers_ends()
    {
        // Each pointer leads to the one before it; the first to a root.
        var message = new byte[16384 + 2];
        for (var position = 14; position < message.Length; position += 2)
        {
            var target = position - 2;
            (message[position], message[position + 1]) = ((byte)(0xC0 | target >> 8), (byte)target);
        }

        var reader = new WireReader(message);
        Assert.True(reader.TryReadOctets(message.Length - 2, out _));
        Assert.True(reader.TryReadName(out var name));
        Assert.True(name.IsRoot);
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void Uncompressed_reads_refuse_pointers()
    {
        byte[] message = [.. Header, 0, 1, (byte)'a', 0xC0, 12];
        var reader = new WireReader(message);
        Assert.True(reader.TryReadOctets(13, out _));
        Assert.False(reader.TryReadUncompressedName(out _));
        Assert.Equal(13, reader.Position);
        Assert.True(reader.TryReadName(out _));

        var data = WireReader.OverData(message);
        Assert.True(data.TryReadOctets(13, out _));
        Assert.False(data.TryReadName(out _));
        Assert.Equal(13, data.Position);
    }

    [Fact]
    public void Random_octets_never_throw_and_failures_do_not_move()
    {
        var random = new Random(1034);
        var message = new byte[64];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(message);
            for (var i = 0; i < 8; i++)
            {
                message[random.Next(64)] = (byte)(0xC0 | random.Next(2) * random.Next(64));
                message[random.Next(64)] = (byte)random.Next(64);
            }

            var start = random.Next(64);
            var reader = new WireReader(message);
            Assert.True(reader.TryReadOctets(start, out _));
            var read = reader.TryReadName(out var name);
            Assert.Equal(read, reader.Position > start);
            Assert.True(!read || WireName.Measure(name.Wire) == name.Length);
        }
    }

    [Fact]
    public void Fields_that_are_cut_short_are_refused_without_moving()
    {
        for (var length = 0; length < 4; length++)
        {
            var reader = WireReader.OverData(new byte[] { 3, 1, 2 }.AsSpan(0, Math.Min(length, 3)));
            Assert.Equal(length >= 1, new WireReader(reader.Rest).TryReadUInt8(out _));
            Assert.Equal(length >= 2, new WireReader(reader.Rest).TryReadUInt16(out _));
            Assert.False(reader.TryReadUInt32(out var number));
            Assert.False(reader.TryReadOctets(4, out _));
            Assert.False(reader.TryReadOctets(-1, out _));
            Assert.False(reader.TryReadCharacterString(out _));
            Assert.Equal(0u, number);
            Assert.Equal(0, reader.Position);
        }
    }

    [Fact]
    public void Numbers_are_big_endian()
    {
        var reader = WireReader.OverData([1, 2, 3, 4, 5, 6, 7, 2, 8, 9, 10]);
        Assert.True(reader.TryReadUInt8(out var one));
        Assert.True(reader.TryReadUInt16(out var two));
        Assert.True(reader.TryReadUInt32(out var four));
        Assert.Equal((1, 0x0203, 0x04050607u), (one, two, four));
        Assert.True(reader.TryReadCharacterString(out var octets));
        Assert.Equal([8, 9], octets.ToArray());
        Assert.Equal([10], reader.ReadRest().ToArray());
        Assert.True(reader.AtEnd && reader.Remaining == 0 && reader.ReadRest().IsEmpty);
    }

    private static bool Read(byte[] octets, out DomainName name)
    {
        var reader = WireReader.OverData(octets);
        return reader.TryReadName(out name);
    }
}
