// What written zone files look like, and that they read back as the same records.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.ZoneFiles;

public sealed class ZoneFileWriterTests
{
    private const string Zone = """
        $TTL 60
        a PTR b
        @ SOA ns host.x. 1 2h 3 4 5
        @ NS ns
        A 70 TXT "one \"two\"" three
        \$ORIGIN PTR \@.x
        a\.b.c PTR ..
        outside.other. PTR .
        """;

    public static IEnumerable<TheoryDataRow<string>> Records => TextCases.Titles("records.txt");

    [Fact]
    public void Writes_for_people()
    {
        var style = new ZoneFileStyle { Header = ["Zone example.", "second\nthird"], DefaultTimeToLive = 60 };
        Assert.Equal(
            """
            ; Zone example.
            ; second
            ; third
            $ORIGIN example.
            $TTL 60
            @                       IN SOA ns.example. host.x. (
                                            1          ; serial
                                            7200       ; refresh
                                            3          ; retry
                                            4          ; expire
                                            5          ; minimum
                                            )
            a                       IN PTR b.example.
            @                       IN NS ns.example.
            A                       70 IN TXT "one \"two\"" "three"
            \$ORIGIN                IN PTR \@.x.example.
            outside.other.          IN PTR .

            """,
            Write(Read(Zone, "example."), "example.", style));
    }

    [Fact]
    public void Writes_for_programs_one_whole_record_a_line() =>
        Assert.Equal(
            """
            example. 60 IN SOA ns.example. host.x. 1 7200 3 4 5
            a.example. 60 IN PTR b.example.
            example. 60 IN NS ns.example.
            A.example. 70 IN TXT "one \"two\"" "three"
            \$ORIGIN.example. 60 IN PTR \@.x.example.
            outside.other. 60 IN PTR .

            """,
            Write(Read(Zone, "example."), "example.", new ZoneFileStyle { AbsoluteOwners = true }));

    [Fact]
    public void Leaves_a_repeated_owner_blank() =>
        Assert.Equal(
            "$ORIGIN example.\na                       5 IN PTR b.\n                        6 IN PTR c.\n",
            Write(Read("a 5 PTR b.\na 6 PTR c.\n", "example."), "example.", null));

    [Theory]
    [InlineData(".")]
    [InlineData("example.")]
    [InlineData("a\\.b.example.")]
    public void Writes_owners_of_any_origin(string origin)
    {
        var records = Read("$TTL 60\n@ PTR x\na PTR x\n* PTR x\n\\@ PTR x\n\\000\\255\\\"\\;\\(.x PTR x\n. PTR x\n", origin);
        AssertSame(records, Read(Write(records, origin, null), origin));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Reads_back_what_it_wrote(string title)
    {
        var records = Read(TextCases.Get("records.txt", title).Text, "example.");
        foreach (var style in new[] { new ZoneFileStyle(), new ZoneFileStyle { DefaultTimeToLive = 60 }, new ZoneFileStyle { AbsoluteOwners = true } })
        {
            var soaFirst = records.Where(record => record.Data.RecordType == RecordType.SOA).Concat(records.Where(record => record.Data.RecordType != RecordType.SOA));
            AssertSame([.. soaFirst], Read(Write(records, "example.", style), "example."));
        }
    }

    private static void AssertSame(List<ZoneRecord> expected, List<ZoneRecord> actual) =>
        Assert.Equal(
            expected.Select(record => (record.Owner, record.TimeToLive, record.Data)),
            actual.Select(record => (record.Owner, record.TimeToLive, record.Data)));

    private static string Write(List<ZoneRecord> records, string origin, ZoneFileStyle? style)
    {
        var output = new StringWriter();
        ZoneFileWriter.Write(output, DomainName.Parse(origin), records, style);
        return output.ToString();
    }

    private static List<ZoneRecord> Read(string text, string origin)
    {
        var records = new List<ZoneRecord>();
        MasterFileReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f.zone", DomainName.Parse(origin), new ProblemList(), records.Add);
        return records;
    }
}
