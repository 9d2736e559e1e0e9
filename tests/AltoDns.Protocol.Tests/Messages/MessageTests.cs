// Header, question and record: whole and in every cut.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Tests.Messages;

public sealed class MessageTests
{
    [Fact]
    public void Header_is_read_field_by_field()
    {
        Assert.True(MessageHeader.TryRead(Convert.FromHexString("BEEF" + "AC35" + "0001" + "0203" + "0405" + "FFFF"), out var header));
        Assert.Equal(
            new MessageHeader(
                0xBEEF,
                MessageFlags.Response | MessageFlags.Authoritative | MessageFlags.AuthenticData | MessageFlags.CheckingDisabled,
                Opcode.Update,
                ResponseCode.Refused,
                1,
                0x0203,
                0x0405,
                0xFFFF),
            header);
    }

    [Fact]
    public void Header_survives_for_all_flag_bits()
    {
        Span<byte> message = stackalloc byte[MessageHeader.Length];
        Span<byte> copy = stackalloc byte[MessageHeader.Length];
        for (var bits = 0; bits <= ushort.MaxValue; bits++)
        {
            message[2] = (byte)(bits >> 8);
            message[3] = (byte)bits;
            Assert.True(MessageHeader.TryRead(message, out var header));
            header.Write(copy);
            Assert.True(message.SequenceEqual(copy));
        }
    }

    [Fact]
    public void Header_keeps_the_low_bits_of_an_extended_response_code()
    {
        Span<byte> message = stackalloc byte[MessageHeader.Length];
        new MessageHeader(0, MessageFlags.None, Opcode.Query, ResponseCode.BadCookie, 0, 0, 0, 0).Write(message);
        Assert.Equal(23 & 0xF, message[3]);
    }

    [Fact]
    public void Header_of_fewer_than_12_octets_is_refused()
    {
        for (var length = 0; length < MessageHeader.Length; length++)
        {
            Assert.False(MessageHeader.TryRead(new byte[length], out _));
        }
    }

    [Fact]
    public void Question_is_read_back_and_refused_in_every_cut()
    {
        var question = new Question(DomainName.Parse("77.2.0.192.In-Addr.arpa."), RecordType.NAPTR, RecordClass.Internet);
        var writer = new WireWriter(new byte[64]);
        question.Write(ref writer);
        for (var length = 0; length <= writer.Position; length++)
        {
            var reader = WireReader.OverData(writer.Written[..length]);
            Assert.Equal(length == writer.Position, Question.TryRead(ref reader, out var read));
            Assert.Equal(length == writer.Position ? length : 0, reader.Position);
            Assert.Equal(length == writer.Position ? question : default, read);
        }
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(0x7FFFFFFFu, 0x7FFFFFFFu)]
    [InlineData(0x80000000u, 0u)]
    [InlineData(0xFFFFFFFFu, 0u)]
    public void TTL_with_its_top_bit_set_counts_as_zero(uint written, uint expected)
    {
        var reader = WireReader.OverData(Record(RecordType.A, written, [192, 0, 2, 1]));
        Assert.True(ResourceRecord.TryRead(ref reader, out var record));
        Assert.Equal(expected, record.TimeToLive);
        Assert.Equal($". {expected} IN A 192.0.2.1", record.ToString());
    }

    [Fact]
    public void TTL_of_OPT_is_kept_for_it_holds_flags()
    {
        var reader = WireReader.OverData(Record(RecordType.OPT, 0x80008000, []));
        Assert.True(ResourceRecord.TryRead(ref reader, out var record));
        Assert.Equal(0x80008000u, record.TimeToLive);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(0)]
    public void Data_of_another_length_than_its_type_has_is_refused(int length)
    {
        var reader = WireReader.OverData(Record(RecordType.A, 1, new byte[length]));
        Assert.False(ResourceRecord.TryRead(ref reader, out _));
        Assert.Equal(0, reader.Position);
    }

    [Fact]
    public void Record_is_followed_by_the_next()
    {
        byte[] two = [.. Record(RecordType.A, 1, [192, 0, 2, 1]), .. Record(RecordType.TXT, 2, [1, (byte)'x'])];
        var reader = WireReader.OverData(two);
        Assert.True(ResourceRecord.TryRead(ref reader, out var first));
        Assert.True(ResourceRecord.TryRead(ref reader, out var second));
        Assert.True(reader.AtEnd);
        Assert.Equal((RecordType.A, RecordType.TXT), (first.Type, second.Type));
    }

    [Theory]
    [InlineData(ResponseCode.NoError, "NOERROR")]
    [InlineData(ResponseCode.NameError, "NXDOMAIN")]
    [InlineData(ResponseCode.NotImplemented, "NOTIMP")]
    [InlineData(ResponseCode.BadCookie, "BADCOOKIE")]
    [InlineData(ResponseCode.BadVersion, "BADVERS")]
    [InlineData((ResponseCode)3841, "RCODE3841")]
    public void Response_code_has_the_mnemonic_of_dig(ResponseCode code, string mnemonic) => Assert.Equal(mnemonic, code.Mnemonic());

    [Fact]
    public void Class_has_a_mnemonic_or_a_number()
    {
        Assert.Equal("CH", RecordClass.Chaos.Mnemonic());
        Assert.Equal("CLASS65280", ((RecordClass)65280).Mnemonic());
    }

    private static byte[] Record(RecordType type, uint timeToLive, byte[] data)
    {
        var writer = new WireWriter(new byte[11 + data.Length]);
        writer.WriteUInt8(0);
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16((ushort)RecordClass.Internet);
        writer.WriteUInt32(timeToLive);
        writer.WriteUInt16((ushort)data.Length);
        writer.WriteOctets(data);
        Assert.False(writer.Overflowed);
        return writer.Written.ToArray();
    }
}
