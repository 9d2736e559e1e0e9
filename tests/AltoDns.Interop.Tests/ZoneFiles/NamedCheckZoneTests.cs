// Compares what BIND reads from master files with what we read, and lets three servers' tools read what we write.

using System.Text;
using AltoDns.Harness;
using AltoDns.Interop.Tests.Differential;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Tests.ZoneFiles;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Interop.Tests.ZoneFiles;

public sealed class NamedCheckZoneTests : IDisposable
{
    private const int GeneratedZones = 40;

    private readonly TemporaryFolder _folder = new();

    // BIND carries an offset over to the next bare $ of the word, which its manual does not say.
    public static IEnumerable<TheoryDataRow<string>> Cases =>
        TextCases.Titles("records.txt").Where(row => !row.Data.Contains("own place", StringComparison.Ordinal));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("types.zone")]
    [InlineData("generate.zone")]
    [InlineData("include.zone")]
    public async Task Reads_sample_zones_as_BIND_does(string file)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "ZoneFiles");
        await AssertReadAlikeAsync(Path.Combine(folder, file), DomainName.Parse("example."), folder);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Reads_every_form_as_BIND_does(string title)
    {
        var text = TextCases.Get("records.txt", title).Text;
        if (!text.Contains(" SOA ", StringComparison.Ordinal))
        {
            text = "@ 60 IN SOA ns.other. host 1 2 3 4 5\n@ 60 IN NS ns.other.\n" + text;
        }

        await AssertReadAlikeAsync(_folder.Write("f.zone", text), DomainName.Parse("example."), _folder.Path);
    }

    [Fact]
    public async Task Reads_generated_zones_as_BIND_does()
    {
        var random = new Random(20260101);
        foreach (var zone in new ZoneGenerator(20260101).Make(GeneratedZones).Where(zone => zone.Peculiarity == ZonePeculiarity.None))
        {
            await AssertReadAlikeAsync(_folder.Write("f.zone", GeneratedZoneText.Write(zone, random)), zone.Origin, _folder.Path);
        }
    }

    [Theory]
    [InlineData("named-checkzone")]
    [InlineData("nsd-checkzone")]
    [InlineData("ldns-read-zone")]
    [InlineData("kzonecheck")]
    public async Task Writes_what_other_programs_read(string program)
    {
        ToolRunner.Require(program);
        var origin = DomainName.Parse("example.");
        var records = Read(Path.Combine(AppContext.BaseDirectory, "ZoneFiles", "types.zone"), origin)
            .Concat(Read(_folder.Write("odd.zone", "$TTL 60\nodd\\000\\255\\\"\\;\\(\\)\\@\\$\\.\\032\\\\x A 192.0.2.1\n\\$ORIGIN A 192.0.2.1\n* A 192.0.2.1\n1 A 192.0.2.1\nIN A 192.0.2.1\n"), origin))
            .ToList();
        foreach (var style in new[] { new ZoneFileStyle(), new ZoneFileStyle { DefaultTimeToLive = 3600, Header = ["a header"] }, new ZoneFileStyle { AbsoluteOwners = true } })
        {
            var text = new StringWriter();
            ZoneFileWriter.Write(text, origin, records, style);
            var file = _folder.Write("written.zone", text.ToString());
            string[] arguments = program switch
            {
                "named-checkzone" => ["-i", "none", "example", file],
                "nsd-checkzone" => ["example", file],
                "ldns-read-zone" => [file],
                _ => ["-o", "example", file],
            };
            var result = await ToolRunner.RunAsync(program, arguments);
            Assert.True(result.ExitCode == 0, result + text.ToString());
        }
    }

    private async Task AssertReadAlikeAsync(string file, DomainName origin, string workingFolder)
    {
        var dump = Path.Combine(_folder.Path, "dump.zone");
        var result = await ToolRunner.RunAsync(
            "named-checkzone", ["-D", "-i", "none", "-k", "ignore", "-n", "ignore", "-w", workingFolder, "-o", dump, origin.ToString(), file]);
        Assert.True(result.ExitCode == 0, $"{result}{await File.ReadAllTextAsync(file)}");
        Assert.Equal(Canonical(Read(dump, origin)), Canonical(Read(file, origin)));
    }

    private static List<ZoneRecord> Read(string file, DomainName origin)
    {
        var records = new List<ZoneRecord>();
        var problems = new ProblemList();
        MasterFileReader.Read(file, origin, problems, record =>
        {
            if (record.Owner.IsSubdomainOf(origin))
            {
                records.Add(record);
            }
        });
        Assert.False(problems.HasErrors, string.Join('\n', problems.All));
        return records;
    }

    /// <summary>One line per record, without duplicates, the least TTL of each RRset, letters of names in lower case.</summary>
    private static string Canonical(List<ZoneRecord> records)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var rrset in records.GroupBy(record => (record.Owner, record.Data.RecordType)))
        {
            foreach (var record in rrset)
            {
                lines.Add($"{record.Owner.ToLower()} {record.Data.RecordType.Mnemonic()} {Convert.ToHexString(record.Data.ToWire(canonical: true))}");
            }

            lines.Add($"{rrset.Key.Owner.ToLower()} {rrset.Key.RecordType.Mnemonic()} TTL {string.Join(' ', rrset.Select(record => record.TimeToLive).Distinct().Order().Take(1))}");
        }

        return new StringBuilder().AppendJoin('\n', lines).ToString();
    }
}
