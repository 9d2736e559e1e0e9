// Equality, canonical form, compression and the table: what all record types share.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Tests.Records;

public sealed class RecordDataTests
{
    private const string Upper = "A.Example.";

    [Theory]
    [InlineData("NS", "A.Example.", true)]
    [InlineData("MD", "A.Example.", true)]
    [InlineData("MF", "A.Example.", true)]
    [InlineData("CNAME", "A.Example.", true)]
    [InlineData("SOA", "A.Example. B.Example. 1 2 3 4 5", true)]
    [InlineData("MB", "A.Example.", true)]
    [InlineData("MG", "A.Example.", true)]
    [InlineData("MR", "A.Example.", true)]
    [InlineData("PTR", "A.Example.", true)]
    [InlineData("MINFO", "A.Example. B.Example.", true)]
    [InlineData("MX", "10 A.Example.", true)]
    [InlineData("RP", "A.Example. B.Example.", true)]
    [InlineData("AFSDB", "1 A.Example.", true)]
    [InlineData("SRV", "1 2 3 A.Example.", true)]
    [InlineData("NAPTR", "1 2 \"\" \"\" \"\" A.Example.", true)]
    [InlineData("DNAME", "A.Example.", true)]
    [InlineData("RRSIG", "A 8 2 3600 1 1 1 A.Example. AQ==", true)]
    [InlineData("NSEC", "A.Example. NSEC", false)]
    [InlineData("SVCB", "1 A.Example.", false)]
    [InlineData("HTTPS", "1 A.Example.", false)]
    public void Canonical_form_lowers_names_of_the_types_that_say_so(string type, string presentation, bool isLowered)
    {
        var data = RecordWords.Parse(VectorFile.Type(type), presentation);
        var lower = RecordWords.Parse(VectorFile.Type(type), presentation.Replace("A.E", "a.e", StringComparison.Ordinal).Replace("B.E", "b.e", StringComparison.Ordinal));
        Assert.Equal(isLowered ? lower.ToWire() : data.ToWire(), data.ToWire(canonical: true));
        Assert.Equal(isLowered, data.Equals(lower));
        Assert.NotEqual(data.ToWire(), lower.ToWire());
        Assert.True(!isLowered || data.GetHashCode() == lower.GetHashCode());
    }

    [Fact]
    public void Canonical_form_keeps_text()
    {
        var data = RecordWords.Parse(RecordType.TXT, "ABC");
        Assert.Equal(data.ToWire(), data.ToWire(canonical: true));
        Assert.NotEqual(data, RecordWords.Parse(RecordType.TXT, "abc"));
    }

    [Fact]
    public void Same_octets_under_another_type_are_not_equal()
    {
        Assert.NotEqual<RecordData>(RecordWords.Parse(RecordType.NS, Upper), RecordWords.Parse(RecordType.PTR, Upper));
        Assert.NotEqual<RecordData>(RecordWords.Parse(RecordType.DS, "0 0 0 00"), RecordWords.Parse(RecordType.CDS, "0 0 0 00"));
    }

    [Theory]
    [InlineData("NS", true)]
    [InlineData("CNAME", true)]
    [InlineData("PTR", true)]
    [InlineData("MB", true)]
    [InlineData("DNAME", false)]
    [InlineData("NSEC", false)]
    public void Compressed_name_is_read_where_the_type_allows(string type, bool isRead)
    {
        // A header, the name a. at 12, a pointer to it, and for NSEC a bitmap of A.
        byte[] message = [.. new byte[MessageHeader.Length], 1, (byte)'a', 0, 0xC0, 12, .. type is "NSEC" ? new byte[] { 0, 1, 0x40 } : []];
        var reader = new WireReader(message);
        Assert.True(reader.TryReadOctets(15, out _));
        Assert.Equal(isRead, RecordTypes.TryReadData(VectorFile.Type(type), ref reader, out var data));
        Assert.Equal(isRead ? message.Length : 15, reader.Position);
        Assert.Equal(isRead ? "a." : null, data?.ToString());
    }

    [Fact]
    public void Only_types_of_RFC_1035_are_compressed()
    {
        RecordType[] wellKnown =
        [
            RecordType.NS, RecordType.MD, RecordType.MF, RecordType.CNAME, RecordType.SOA, RecordType.MB, RecordType.MG, RecordType.MR,
            RecordType.PTR, RecordType.MINFO, RecordType.MX,
        ];
        Assert.Equal(wellKnown, RecordTypes.Known.Where(type => RecordTypes.NamesToCompress(type).Count > 0));
    }

    [Fact]
    public void Unknown_type_is_kept_as_octets()
    {
        var reader = WireReader.OverData([1, 2, 0xFF]);
        Assert.True(RecordTypes.TryReadData((RecordType)65280, ref reader, out var data));
        Assert.Equal("\\# 3 0102FF", data.ToString());
        Assert.Equal(data, RecordWords.Parse((RecordType)65280, "\\# 3 0102 ff"));
        Assert.Equal("\\# 0", RecordWords.Parse((RecordType)65280, "\\# 0").ToString());
    }

    [Theory]
    [InlineData("naptr", RecordType.NAPTR)]
    [InlineData("TYPE35", RecordType.NAPTR)]
    [InlineData("type65280", (RecordType)65280)]
    public void Mnemonics_are_read_in_either_case(string text, RecordType expected)
    {
        Assert.True(RecordTypes.TryParseMnemonic(text, out var type));
        Assert.Equal(expected, type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NONE")]
    [InlineData("TYPE")]
    [InlineData("TYPE65536")]
    [InlineData("TYPE-1")]
    [InlineData("TYPE 1")]
    [InlineData("35")]
    public void Other_words_are_no_type(string text) => Assert.False(RecordTypes.TryParseMnemonic(text, out _));

    [Fact]
    public void Long_text_is_cut_into_strings_and_joins_again()
    {
        var text = new byte[600];
        new Random(8686).NextBytes(text);
        var data = TxtData.FromText(text);
        Assert.Equal([255, 255, 90], data.Strings.Select(part => part.Length));
        Assert.Equal(text, data.Strings.SelectMany(part => part.ToArray()));
        Assert.Equal([0], TxtData.FromText([]).ToWire());
    }

    [Fact]
    public void Type_bitmap_holds_what_it_was_built_of()
    {
        var random = new Random(4034);
        for (var round = 0; round < 200; round++)
        {
            var types = Enumerable.Range(0, random.Next(1, 40)).Select(_ => (RecordType)random.Next(1, 65536)).ToArray();
            var bitmap = TypeBitmap.Of([.. types, types[0]]);
            Assert.Equal(types.Distinct().Order(), bitmap.Types);
            Assert.All(types, type => Assert.True(bitmap.Contains(type)));
            Assert.False(bitmap.Contains(RecordType.None));
            var reader = WireReader.OverData(new NsecData(DomainName.Root, bitmap).ToWire());
            Assert.True(NsecData.TryRead(ref reader, out var read));
            Assert.Equal(bitmap.Types, read.Types.Types);
        }
    }

    [Fact]
    public void Service_parameter_is_found_by_key()
    {
        var data = (SvcbData)RecordWords.Parse(RecordType.SVCB, "1 . alpn=h2 port=853");
        Assert.True(data.Parameters.TryGet(ServiceParameterKey.Port, out var port));
        Assert.Equal([3, 85], port.ToArray());
        Assert.False(data.Parameters.TryGet(ServiceParameterKey.Ech, out _));
        Assert.False(data.IsAlias);
    }
}
