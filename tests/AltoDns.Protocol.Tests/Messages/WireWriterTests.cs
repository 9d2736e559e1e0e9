// Writing into a caller's buffer: overflow is a flag, and nothing outside is touched.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Tests.Messages;

public sealed class WireWriterTests
{
    [Fact]
    public void After_an_overflow_nothing_more_is_written()
    {
        var buffer = new byte[3];
        var writer = new WireWriter(buffer);
        writer.WriteUInt16(0x0102);
        writer.WriteUInt16(0x0304);
        Assert.True(writer.Overflowed);
        writer.WriteUInt8(5);
        Assert.Equal([1, 2, 0], buffer);
        Assert.Equal(2, writer.Position);
        Assert.Equal(1, writer.Remaining);
    }

    [Fact]
    public void Rewind_takes_the_overflow_back()
    {
        var writer = new WireWriter(new byte[4]);
        writer.WriteUInt16(0x0102);
        writer.WriteOctets([1, 2, 3]);
        writer.Rewind(2);
        Assert.False(writer.Overflowed);
        writer.WriteUInt16(0x0304);
        writer.PatchUInt16(0, 0x0506);
        Assert.Equal([5, 6, 3, 4], writer.Written.ToArray());
    }

    [Fact]
    public void Canonical_names_are_lowered_in_place()
    {
        var name = DomainName.Parse("A.B.");
        var writer = new WireWriter(new byte[64], canonical: true);
        writer.WriteOctets("XY"u8);
        writer.WriteName(name, RdataName.Compressible);
        writer.WriteName(name, RdataName.Foldable);
        writer.WriteName(name, RdataName.Verbatim);
        Assert.Equal("XY\u0001a\u0001b\0\u0001a\u0001b\0\u0001A\u0001B\0"u8.ToArray(), writer.Written.ToArray());
    }

    [Fact]
    public void Character_string_of_256_octets_is_a_mistake_of_the_caller() =>
        Assert.Throws<OverflowException>(() =>
        {
            var writer = new WireWriter(new byte[300]);
            writer.WriteCharacterString(new byte[256]);
        });
}
