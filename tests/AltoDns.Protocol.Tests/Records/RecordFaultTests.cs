// Data that is refused: text with the words that the operator reads, and octets.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Tests.Records;

public sealed class RecordFaultTests
{
    public static TheoryData<string> Vectors => VectorFile.Lines("records-bad.txt");

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Bad_text_is_refused_with_its_remedy(string line)
    {
        var fields = VectorFile.Fields(line);
        Assert.Equal(fields[2], RecordWords.FindFault(VectorFile.Type(fields[0]), fields[1]));
    }

    [Fact]
    public void Every_type_of_the_table_has_a_bad_vector()
    {
        var types = Vectors.Select(row => VectorFile.Type(VectorFile.Fields(row.Data)[0])).ToHashSet();
        RecordType[] sameShape = [RecordType.MD, RecordType.MF, RecordType.MG, RecordType.MR, RecordType.SPF, RecordType.CDNSKEY];
        Assert.Equal([], RecordTypes.Known.Except(types).Except(sameShape));
    }

    [Theory]
    [InlineData("NSEC", "00", "no types")]
    [InlineData("NSEC", "000000", "window of no octets")]
    [InlineData("NSEC", "00002100000000000000000000000000000000000000000000000000000000000000000001", "window of 33 octets")]
    [InlineData("NSEC", "00000100", "window that ends in a zero octet")]
    [InlineData("NSEC", "0001014000010140", "windows out of order")]
    [InlineData("NSEC", "0000014000000140", "window twice")]
    [InlineData("NSEC", "00000240", "window cut short")]
    [InlineData("NSEC3", "0100000000000001" + "40", "hash of no octets")]
    [InlineData("NSEC3", "010000000014AAAA", "hash cut short")]
    [InlineData("LOC", "01121613800000008000000000989680", "version 1")]
    [InlineData("LOC", "00A21613800000008000000000989680", "size with mantissa 10")]
    [InlineData("LOC", "001A1613800000008000000000989680", "size with power 10")]
    [InlineData("LOC", "00051613800000008000000000989680", "size zero with a power")]
    [InlineData("LOC", "00121613934FD9018000000000989680", "latitude over 90 degrees")]
    [InlineData("LOC", "00121613800000005960" + "4DFF" + "00989680", "longitude over 180 degrees")]
    [InlineData("CAA", "0000", "tag of no octets")]
    [InlineData("CAA", "0001" + "2D", "tag that is a hyphen")]
    [InlineData("CAA", "000561", "tag cut short")]
    [InlineData("URI", "00010001", "target of no octets")]
    [InlineData("TXT", "", "no string")]
    [InlineData("TXT", "016102", "second string cut short")]
    [InlineData("DNSKEY", "01000308", "no key")]
    [InlineData("DS", "00010802" + "00", "SHA-256 of one octet")]
    [InlineData("DS", "000108FA", "no digest")]
    [InlineData("SSHFP", "0101" + "00", "SHA-1 of one octet")]
    [InlineData("ZONEMD", "000000010101" + "00", "SHA-384 of one octet")]
    [InlineData("OPENPGPKEY", "", "no key")]
    [InlineData("SVCB", "000100" + "00030002003500030002" + "0035", "key twice")]
    [InlineData("SVCB", "000100" + "000300020035" + "00010003026832", "keys out of order")]
    [InlineData("SVCB", "000100" + "00010000", "alpn without protocols")]
    [InlineData("SVCB", "000100" + "0001000100", "alpn with an empty protocol")]
    [InlineData("SVCB", "000100" + "000100020368", "alpn cut short")]
    [InlineData("SVCB", "000100" + "00020000", "no-default-alpn alone")]
    [InlineData("SVCB", "000100" + "0003000135", "port of one octet")]
    [InlineData("SVCB", "000100" + "00040003C00002", "IPv4 hint of three octets")]
    [InlineData("SVCB", "000100" + "00060000", "no IPv6 hint")]
    [InlineData("SVCB", "000100" + "000700022FFF", "path that is not UTF-8")]
    [InlineData("SVCB", "000100" + "0008000100", "ohttp with a value")]
    [InlineData("SVCB", "000100" + "00000000", "mandatory without keys")]
    [InlineData("SVCB", "000100" + "000000020000", "mandatory that lists itself")]
    [InlineData("SVCB", "000100" + "000000020003", "mandatory key not there")]
    [InlineData("SVCB", "000100" + "0000000100", "mandatory of one octet")]
    [InlineData("HTTPS", "000140", "label of a reserved kind")]
    public void Malformed_octets_are_refused_without_moving(string type, string hex, string reason)
    {
        var reader = WireReader.OverData(Convert.FromHexString(hex));
        Assert.False(RecordTypes.TryReadData(VectorFile.Type(type), ref reader, out var data), reason);
        Assert.Null(data);
        Assert.Equal(0, reader.Position);
    }

    [Fact]
    public void Text_of_more_than_65535_octets_is_refused()
    {
        var text = string.Join(' ', Enumerable.Repeat('"' + new string('a', 255) + '"', 256));
        Assert.Equal("the data has more than 65535 octets; shorten it (RFC 1035 §3.2.1)", RecordWords.FindFault(RecordType.TXT, text));
        Assert.Null(RecordWords.FindFault(RecordType.TXT, text[..^3] + '"'));
        Assert.Contains("at most 65535", RecordWords.FindFault(RecordType.SVCB, "1 . key9=" + new string('a', 65536)), StringComparison.Ordinal);
    }
}
