// The cursor over words: the first fault is kept with its place, and later reads do nothing.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Tests.Presentation;

public sealed class RecordTextReaderTests
{
    [Fact]
    public void First_fault_is_kept_with_its_place()
    {
        var reader = new RecordWords("10 x y").Reader();
        Assert.Equal(10, reader.ReadUInt16("order"));
        Assert.False(reader.Failed);
        Assert.Equal(0, reader.ReadUInt8("preference"));
        Assert.True(reader.Failed);
        Assert.Equal("the preference 'x' is not a whole number from 0 to 255", reader.Error);
        Assert.Equal(new TextPosition(1, 4), reader.ErrorPosition);
        Assert.True(reader.ReadWord("next").IsEmpty);
        Assert.Equal([], reader.ReadString("next"));
        Assert.Equal([], reader.ReadCharacterStrings("next"));
        Assert.Equal([], reader.ReadBase64Rest("next"));
        Assert.Equal([], reader.ReadHexRest("next"));
        Assert.True(reader.ReadName("next").IsRoot);
        Assert.Equal(0u, reader.ReadTimeToLive("next"));
        Assert.Equal(0u, reader.ReadPeriod("next"));
        Assert.Equal(0u, reader.ReadIPv4Address("next"));
        Assert.Equal(UInt128.Zero, reader.ReadIPv6Address("next"));
        Assert.Equal(RecordType.None, reader.ReadType("next"));
        Assert.False(reader.TryReadWord("y"u8));
        reader.ExpectEnd();
        reader.Fail("a second fault");
        Assert.Equal("the preference 'x' is not a whole number from 0 to 255", reader.Error);
        Assert.Equal("1:4", reader.ErrorPosition.ToString());
    }

    [Fact]
    public void Missing_word_is_placed_at_the_end()
    {
        var reader = new RecordWords("10").Reader();
        reader.ReadUInt16("order");
        reader.ReadUInt16("preference");
        Assert.Equal("the preference is missing", reader.Error);
        Assert.Equal(new TextPosition(1, 3), reader.ErrorPosition);
    }

    [Fact]
    public void Word_left_over_is_placed_where_it_stands()
    {
        var reader = new RecordWords("10 20").Reader();
        reader.ReadUInt16("order");
        Assert.False(reader.AtEnd);
        reader.ExpectEnd();
        Assert.Equal("'20' comes after the last field; remove it, or quote text that has spaces", reader.Error);
        Assert.Equal(new TextPosition(1, 4), reader.ErrorPosition);
    }

    [Theory]
    [InlineData("@", "example.")]
    [InlineData("\"@\"", "\\@.example.")]
    [InlineData("\\@", "\\@.example.")]
    [InlineData("\"a b\"", "a\\032b.example.")]
    [InlineData("a", "a.example.")]
    [InlineData("a.", "a.")]
    [InlineData(".", ".")]
    public void Names_end_in_the_origin(string word, string expected)
    {
        var reader = new RecordWords(word).Reader(DomainName.Parse("example."));
        Assert.Equal(expected, reader.ReadName("target").ToString());
        Assert.Null(reader.Error);
    }

    [Fact]
    public void Fault_shows_the_start_of_a_long_word_and_no_control_characters()
    {
        var reader = new RecordWords("\u001B[2J" + new string('x', 100)).Reader();
        reader.ReadUInt8("flags");
        Assert.Equal($"the flags '\\027[2J{new string('x', 76)}…' is not a whole number from 0 to 255", reader.Error);
    }

    [Fact]
    public void Marker_of_opaque_data_is_not_quoted()
    {
        var marked = new RecordWords("\\# 1 00").Reader();
        Assert.True(marked.TryReadUnknownMarker());
        Assert.Equal([0], marked.ReadUnknownOctets());
        var quoted = new RecordWords("\"\\#\" 1 00").Reader();
        Assert.False(quoted.TryReadUnknownMarker());
        Assert.Equal("\"#\" \"1\" \"00\"", RecordWords.Parse(RecordType.TXT, "\"\\#\" 1 00").ToString());
    }

    [Theory]
    [InlineData("a\\255\\000b", "61FF0062")]
    [InlineData("\\\"\\\\", "225C")]
    [InlineData("\"a b\"", "612062")]
    [InlineData("\"\"", "")]
    public void Strings_are_unescaped(string word, string hex)
    {
        var reader = new RecordWords(word).Reader();
        Assert.Equal(hex, Convert.ToHexString(reader.ReadString("text")));
        var again = new RecordWords(word).Reader();
        Assert.Equal(hex, Convert.ToHexString(again.ReadCharacterStrings("text").AsSpan(1)));
    }

    [Fact]
    public void Writer_puts_one_space_between_words()
    {
        var text = new StringBuilder("x ");
        var writer = new RecordTextWriter(text);
        writer.Number(1);
        writer.Name(DomainName.Parse("a"));
        writer.CharacterString([(byte)'"', 0, 200]);
        writer.Hex([0xAB]);
        writer.Base64([1]);
        writer.Type((RecordType)65280);
        writer.IPv4Address(0xC0000201);
        Assert.Equal("x 1 a. \"\\\"\\000\\200\" AB AQ== TYPE65280 192.0.2.1", text.ToString());
    }
}
