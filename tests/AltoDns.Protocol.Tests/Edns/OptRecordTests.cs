// The OPT record and its options: whole, in every cut, and without allocation.

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;

namespace AltoDns.Protocol.Tests.Edns;

public sealed class OptRecordTests
{
    private const string Bare = "00" + "0029" + "04D0" + "00" + "00" + "8000" + "0000";
    private const string WithOptions = "00" + "0029" + "1000" + "01" + "00" + "0000" + "0010" + "000A0008" + "0102030405060708" + "00030000";

    [Fact]
    public void Bare_record_is_read()
    {
        var reader = WireReader.OverData(Convert.FromHexString(Bare));
        Assert.True(OptRecord.TryRead(ref reader, out var record));
        Assert.True(reader.AtEnd);
        Assert.Equal(OptRecord.MinLength, reader.Position);
        Assert.Equal(1232, record.UdpPayloadSize);
        Assert.True(record.DnssecOk);
        Assert.Equal((0, 0), (record.ExtendedResponseCode, record.Version));
        Assert.True(record.Options.IsEmpty);
        Assert.False(record.GetEnumerator().MoveNext());
    }

    [Fact]
    public void Options_are_walked_in_order()
    {
        var reader = WireReader.OverData(Convert.FromHexString(WithOptions));
        Assert.True(OptRecord.TryRead(ref reader, out var record));
        Assert.Equal(1, record.ExtendedResponseCode);
        Assert.False(record.DnssecOk);
        var found = new List<(EdnsOptionCode, string)>();
        foreach (var option in record)
        {
            found.Add((option.Code, Convert.ToHexString(option.Data)));
        }

        Assert.Equal([(EdnsOptionCode.Cookie, "0102030405060708"), (EdnsOptionCode.Nsid, "")], found);
    }

    [Theory]
    [InlineData(Bare)]
    [InlineData(WithOptions)]
    public void Record_is_written_as_it_was_read_and_refused_in_every_cut(string hex)
    {
        var wire = Convert.FromHexString(hex);
        for (var length = 0; length <= wire.Length; length++)
        {
            var reader = WireReader.OverData(wire.AsSpan(0, length));
            Assert.Equal(length == wire.Length, OptRecord.TryRead(ref reader, out var record));
            Assert.Equal(length == wire.Length ? length : 0, reader.Position);
            var writer = new WireWriter(new byte[wire.Length]);
            record.Write(ref writer);
            Assert.Equal(length == wire.Length, writer.Written.SequenceEqual(wire));
        }
    }

    [Theory]
    [InlineData("0161" + "00" + "0029" + "04D0" + "00000000" + "0000", "owner is not the root")]
    [InlineData("C00C" + "0029" + "04D0" + "00000000" + "0000", "owner is a pointer")]
    [InlineData("00" + "0001" + "04D0" + "00000000" + "0000", "type is A")]
    [InlineData("00" + "0029" + "04D0" + "00000000" + "0003" + "000A00", "option header cut short")]
    [InlineData("00" + "0029" + "04D0" + "00000000" + "0004" + "000A0001", "option data missing")]
    [InlineData("00" + "0029" + "04D0" + "00000000" + "0009" + "000A0000" + "00030002" + "00", "second option cut short")]
    public void Malformed_record_is_refused_without_moving(string hex, string reason)
    {
        var reader = WireReader.OverData(Convert.FromHexString(hex));
        Assert.False(OptRecord.TryRead(ref reader, out _), reason);
        Assert.Equal(0, reader.Position);
    }

    [Fact]
    public void Options_of_a_later_version_are_not_judged()
    {
        var reader = WireReader.OverData(Convert.FromHexString("00" + "0029" + "04D0" + "00010000" + "0003" + "000A00"));
        Assert.True(OptRecord.TryRead(ref reader, out var record));
        Assert.Equal(1, record.Version);
        var options = record.GetEnumerator();
        Assert.False(options.MoveNext());
        Assert.True(options.IsCutShort);
    }

    [Fact]
    public void Option_is_written_with_its_header()
    {
        var writer = new WireWriter(new byte[16]);
        EdnsOption.Write(ref writer, EdnsOptionCode.ExtendedError, [0, (byte)ExtendedErrorCode.NotAuthoritative]);
        Assert.Equal("000F00020014", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void Reading_and_writing_do_not_allocate()
    {
        var wire = Convert.FromHexString(WithOptions);
        var buffer = new byte[64];
        Assert.Equal(8, CopyOnce(wire, buffer));
        var least = long.MaxValue;
        for (var round = 0; round < 1000; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            CopyOnce(wire, buffer);
            // The least: the runtime allocates now and then on whatever thread runs, but not in every round.
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Equal(wire, buffer[..wire.Length]);
    }

    private static int CopyOnce(byte[] wire, byte[] buffer)
    {
        var reader = WireReader.OverData(wire);
        var octets = 0;
        if (OptRecord.TryRead(ref reader, out var record))
        {
            foreach (var option in record)
            {
                octets += option.Data.Length;
            }

            var writer = new WireWriter(buffer);
            record.Write(ref writer);
        }

        return octets;
    }
}
