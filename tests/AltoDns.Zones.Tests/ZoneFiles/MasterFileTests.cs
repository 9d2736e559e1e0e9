// What the reader of master files makes of text: the records, the problems, and the same however the text arrives.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.ZoneFiles;

public sealed class MasterFileTests
{
    private static readonly DomainName Origin = DomainName.Parse("example.");

    public static IEnumerable<TheoryDataRow<string>> Faults => TextCases.Titles("faults.txt");

    public static IEnumerable<TheoryDataRow<string>> Records => TextCases.Titles("records.txt");

    public static IEnumerable<TheoryDataRow<string>> Zones => TextCases.Titles("zones.txt");

    [Theory]
    [MemberData(nameof(Faults))]
    public void Reports_each_fault_with_its_place_and_remedy(string title)
    {
        var (text, expected) = TextCases.Get("faults.txt", title);
        var problems = new ProblemList();
        MasterFileReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f.zone", Origin, problems, _ => { });
        Assert.Equal(expected, string.Join('\n', problems.All));
        Assert.True(problems.HasErrors || expected.Length == 0);
    }

    [Fact]
    public void Knows_at_least_forty_faults()
    {
        var lines = TextCases.Titles("faults.txt").Sum(row => TextCases.Get("faults.txt", row.Data).Expected.Split('\n').Length);
        Assert.True(lines >= 40);
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Reads_records(string title)
    {
        var (text, expected) = TextCases.Get("records.txt", title);
        Assert.Equal(expected, Read(new MemoryStream(Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Reads_the_same_with_carriage_returns_and_without_the_last_line_end(string title)
    {
        var (text, expected) = TextCases.Get("records.txt", title);
        Assert.Equal(expected, Read(new MemoryStream(Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal)))));
        Assert.Equal(expected, Read(new MemoryStream(Encoding.UTF8.GetBytes(text.TrimEnd('\n')))));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Reads_the_same_after_a_byte_order_mark(string title)
    {
        var (text, expected) = TextCases.Get("records.txt", title);
        Assert.Equal(expected, Read(new MemoryStream(Encoding.UTF8.GetBytes("\uFEFF" + text))));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Reads_the_same_octet_by_octet(string title)
    {
        var (text, expected) = TextCases.Get("records.txt", title);
        Assert.Equal(expected, Read(new DrippingStream(Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Reports_the_same_octet_by_octet(string title)
    {
        var (text, expected) = TextCases.Get("faults.txt", title);
        var problems = new ProblemList();
        MasterFileReader.Read(new DrippingStream(Encoding.UTF8.GetBytes(text)), "f.zone", Origin, problems, _ => { });
        Assert.Equal(expected, string.Join('\n', problems.All));
    }

    [Theory]
    [InlineData("faults.txt")]
    [InlineData("records.txt")]
    public void Survives_every_truncation(string file)
    {
        foreach (var row in TextCases.Titles(file))
        {
            TruncateEverywhere(TextCases.Get(file, row.Data).Text);
        }
    }

    private static void TruncateEverywhere(string whole)
    {
        var text = Encoding.UTF8.GetBytes(whole);
        var complete = 0;
        MasterFileReader.Read(new MemoryStream(text), "f.zone", Origin, new ProblemList(), _ => complete++);
        for (var length = 0; length < text.Length; length++)
        {
            var count = 0;
            MasterFileReader.Read(new MemoryStream(text, 0, length), "f.zone", Origin, new ProblemList(), _ => count++);

            // A prefix of a TYPE or a \# may be another word, but no prefix gives a record that the whole has not room for.
            Assert.InRange(count, 0, complete + 3);
        }
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void Checks_that_records_make_a_zone(string title)
    {
        var (text, expected) = TextCases.Get("zones.txt", title);
        var problems = new ProblemList();
        var draft = new ZoneDraft(new ZoneBuilder(Origin), "f.zone", problems);
        MasterFileReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f.zone", Origin, problems, draft.Add);
        ZoneChecker.Check(draft);
        Assert.Equal(expected, string.Join('\n', problems.All));
    }

    [Fact]
    public void Reads_lines_that_fill_the_buffer_many_times()
    {
        var strings = string.Concat(Enumerable.Repeat(" \"" + new string('x', 250) + "\"", 255));
        var text = $"$TTL 60\na TXT{strings}\n" + new string(' ', 300_000) + "\n; " + new string('c', 300_000) + "\nb TXT (" + new string('\n', 500_000) + "y)\n";
        var records = new List<ZoneRecord>();
        var problems = new ProblemList();
        MasterFileReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f.zone", Origin, problems, records.Add);
        Assert.Empty(problems.All);
        Assert.Equal(255 * 251, records[0].Data.ToWire().Length);
        Assert.Equal("\"y\"", records[1].Data.ToString());
        Assert.Equal(5, records[1].Position.Line);
    }

    [Fact]
    public void Refuses_a_line_without_end_and_reads_the_next()
    {
        var text = $"$TTL 60\na TXT {new string('x', 3_000_000)}\nb TXT y\nc TXT (\n" + string.Concat(Enumerable.Repeat(" x\n", 600_000)) + "d TXT z\n";
        var records = new List<string>();
        var problems = new ProblemList();
        MasterFileReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f.zone", Origin, problems, record => records.Add(record.Owner.ToString()));
        Assert.Equal("b.example. d.example.", string.Join(' ', records));
        Assert.Equal(
            """
            f.zone:2:1: error: This line is longer than 1048576 octets. Break it, with parentheses around the fields.
            f.zone:4:7: error: The parenthesis opened here is still open after 1048576 octets. Close it with ) after the last field.
            """,
            string.Join('\n', problems.All));
    }

    [Theory]
    [InlineData("a 60 PTR b\n\0")]
    [InlineData("a 60 PTR b\nb TXT \"\0\"")]
    [InlineData("a 60 PTR b\nb\0c")]
    public void Stops_at_a_file_that_is_no_text(string text)
    {
        var problems = new ProblemList();
        MasterFileReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text + "\nx y z\n")), "f.zone", Origin, problems, _ => { });
        var problem = Assert.Single(problems.All);
        Assert.Equal("Here is a NUL octet; this is no text file, or one in UTF-16.", problem.Fault);
        Assert.Equal(2, problem.Position.Line);
    }

    [Fact]
    public void Stops_after_a_thousand_errors_and_says_so()
    {
        var text = string.Concat(Enumerable.Repeat("a b\n", 5000));
        var problems = new ProblemList();
        MasterFileReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f.zone", Origin, problems, _ => { });
        Assert.Equal(1001, problems.All.Count);
        Assert.Equal("f.zone: error: There are 1000 errors; the rest was not looked at. Correct these and try again.", problems.All[^1].ToString());
    }

    private static string Read(Stream text)
    {
        var lines = new List<string>();
        var problems = new ProblemList();
        MasterFileReader.Read(
            text, "f.zone", Origin, problems,
            record => lines.Add($"{record.Owner} {record.TimeToLive} {record.Data.RecordType.Mnemonic()} {record.Data}"));
        return string.Join('\n', lines.Concat(problems.All.Select(problem => problem.ToString())));
    }

    /// <summary>Gives one octet per read.</summary>
    private sealed class DrippingStream(byte[] octets) : MemoryStream(octets)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
