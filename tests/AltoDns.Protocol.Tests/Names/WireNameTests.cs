// Names as octets: what is measured, counted and compared without a DomainName.

using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Tests.Names;

public sealed class WireNameTests
{
    [Fact]
    public void Lower_case_is_the_same_wherever_an_octet_stands()
    {
        for (var length = 0; length <= 20; length++)
        {
            for (var value = 0; value <= byte.MaxValue; value++)
            {
                // Neighbours that would carry over, if anything did.
                var octets = Enumerable.Range(0, length).Select(i => (byte)(i % 3 == value % 3 ? value : byte.MaxValue - i)).ToArray();
                var lower = new byte[length + 1];
                WireName.CopyLower(octets, lower);

                Assert.Equal([.. octets.Select(WireName.Lower), 0], lower);
            }
        }
    }

    [Theory]
    [InlineData("00", 1)]
    [InlineData("016100", 3)]
    [InlineData("016100FF", 3)]
    [InlineData("", 0)]
    [InlineData("01", 0)]
    [InlineData("0161", 0)]
    [InlineData("026100", 0)]
    [InlineData("4061", 0)]
    [InlineData("8061", 0)]
    [InlineData("C000", 0)]
    public void Measures_well_formed_names_only(string hex, int expected) =>
        Assert.Equal(expected, WireName.Measure(Convert.FromHexString(hex)));

    [Fact]
    public void Measures_names_of_255_octets_and_no_longer()
    {
        byte[] longest = [.. Enumerable.Repeat<byte[]>([1, (byte)'a'], 127).SelectMany(label => label), 0];
        Assert.Equal(255, WireName.Measure(longest));
        Assert.Equal(0, WireName.Measure(longest.AsSpan(0, 254)));
        Assert.Equal(0, WireName.Measure([1, (byte)'a', .. longest]));
        Assert.False(DomainName.TryFromWire([1, (byte)'a', .. longest], out _));
    }

    [Fact]
    public void Name_from_octets_must_take_them_all()
    {
        Assert.False(DomainName.TryFromWire([1, (byte)'a', 0, 0], out var name));
        Assert.True(name.IsRoot);
        Assert.False(DomainName.TryFromWire([], out _));
        Assert.True(DomainName.TryFromWire([0], out _));
    }

    [Fact]
    public void Finds_where_labels_of_one_octet_start_among_others()
    {
        // Runs of nibbles are taken four at a time, so each length of run and each place of a longer label counts.
        var random = new Random(7);
        Span<byte> offsets = stackalloc byte[WireName.OffsetCapacity];
        for (var round = 0; round < 2000; round++)
        {
            var wire = new List<byte>();
            var starts = new List<byte>();
            while (wire.Count < random.Next(1, 240))
            {
                var length = random.Next(8) == 0 ? random.Next(1, 12) : 1;
                starts.Add((byte)wire.Count);
                wire.Add((byte)length);
                wire.AddRange(Enumerable.Repeat((byte)1, length));
            }

            starts.Add((byte)wire.Count);
            wire.Add(0);
            Assert.Equal(wire.Count, WireName.Measure(wire.ToArray()));
            Assert.Equal(0, WireName.Measure(wire.ToArray().AsSpan(0, wire.Count - 1)));
            Assert.Equal(starts.Count - 1, WireName.LabelOffsets(wire.ToArray(), offsets));
            Assert.Equal(starts, offsets[..starts.Count].ToArray());
        }
    }

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    public void Measures_names_of_one_octet_labels_up_to_255_octets(int labels, bool isName)
    {
        byte[] wire = [.. Enumerable.Repeat(new byte[] { 1, (byte)'a' }, labels).SelectMany(label => label), 0];
        Assert.Equal(isName ? wire.Length : 0, WireName.Measure(wire));
    }

    [Fact]
    public void Finds_where_labels_start()
    {
        var name = DomainName.Parse("www.a.example.").Wire;
        Span<byte> offsets = stackalloc byte[WireName.OffsetCapacity];
        Assert.Equal(3, WireName.LabelOffsets(name, offsets));
        Assert.Equal([0, 4, 6, 14], offsets[..4].ToArray());
        Assert.Equal(3, WireName.CountLabels(name));
        Assert.Equal(0, WireName.LabelOffsets([0], offsets));
        Assert.Equal(0, offsets[0]);
    }

    [Fact]
    public void Orders_shorter_labels_and_names_first()
    {
        Assert.True(WireName.CompareLabels("a"u8, "aa"u8) < 0);
        Assert.True(WireName.CompareLabels("B"u8, "a"u8) > 0);
        Assert.Equal(0, WireName.CompareLabels("AbC"u8, "aBc"u8));
        Assert.True(WireName.CompareLabels("Z"u8, "["u8) > 0); // compared as 'z'
        Assert.True(WireName.CompareCanonical([0], [1, 0, 0]) < 0);
    }
}
