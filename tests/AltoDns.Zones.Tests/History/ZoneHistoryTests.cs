// The journal: what it hands out turns one version into the other, and what it is not sure of it does not hand out.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.History;

public sealed class ZoneHistoryTests : IDisposable
{
    private static readonly DomainName Origin = DomainName.Parse("example.");

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-history-").FullName;
    private readonly List<string> _reports = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Hands_out_what_turns_any_version_into_the_last()
    {
        using var history = Open();
        var versions = Versions(12);
        RecordAll(history, versions);
        for (var from = 0; from < versions.Count - 1; from++)
        {
            var found = history.Find(Origin, versions[from].Serial, versions[^1].Serial, long.MaxValue / 2);
            Assert.Equal(Lines(versions[^1]), Apply(Lines(versions[from]), found!, out var records));
            Assert.True(records < 40, "what came and went is left out");
        }

        Assert.Empty(_reports);
    }

    [Fact]
    public void Goes_on_after_a_restart_with_the_same_zone()
    {
        var versions = Versions(4);
        using (var history = Open())
        {
            RecordAll(history, versions.Take(3));
        }

        using var again = Open();
        Assert.Null(again.Find(Origin, versions[0].Serial, versions[2].Serial, 9999));
        Record(again, null, versions[2]);
        Record(again, versions[2], versions[3]);
        Assert.Equal(Lines(versions[3]), Apply(Lines(versions[0]), again.Find(Origin, versions[0].Serial, versions[3].Serial, 9999)!, out _));
    }

    [Theory]
    [InlineData("example. SOA ns. h. 103 1 1 1 1\nexample. NS ns.\nother.example. A 192.0.2.77")]
    [InlineData("example. SOA ns. h. 999 1 1 1 1\nexample. NS ns.\nn.example. A 192.0.2.3")]
    public void Forgets_all_where_the_zone_is_another_after_a_restart(string text)
    {
        var versions = Versions(4);
        using (var history = Open())
        {
            RecordAll(history, versions);
        }

        using var again = Open();
        var other = Load(text);
        Record(again, null, other);
        Assert.Null(again.Find(Origin, versions[0].Serial, other.Serial, 9999));
    }

    [Fact]
    public void Forgets_all_where_content_changes_without_a_serial()
    {
        using var history = Open();
        var versions = Versions(2);
        RecordAll(history, versions);
        var same = Load($"example. SOA ns. h. {versions[1].Serial} 1 1 1 1\nexample. NS ns.\nx.example. A 192.0.2.1");
        Record(history, versions[1], same);
        Assert.Null(history.Find(Origin, versions[0].Serial, same.Serial, 9999));
    }

    [Fact]
    public void Keeps_to_its_size()
    {
        using var history = Open(maxOctets: 400);
        var versions = Versions(12);
        RecordAll(history, versions);
        Assert.Null(history.Find(Origin, versions[0].Serial, versions[^1].Serial, 9999));
        Assert.NotNull(history.Find(Origin, versions[^2].Serial, versions[^1].Serial, 9999));
    }

    [Fact]
    public void Hands_out_a_step_that_is_too_long_to_be_kept_in_memory()
    {
        using var history = Open();
        List<ZoneSnapshot> versions = [LoadMany(1), LoadMany(2)];
        RecordAll(history, versions);
        var found = history.Find(Origin, 1, 2, long.MaxValue / 2);
        Assert.Equal(Lines(versions[1]), Apply(Lines(versions[0]), found!, out var records));
        Assert.True(records > 4_000 && found!.Length > 64 * 1024);
        Assert.Null(history.Find(Origin, 1, 2, long.MaxValue / 2, fromMemory: true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Hands_out_nothing_that_is_longer_than_wanted(int steps)
    {
        using var history = Open();
        var versions = Versions(12);
        RecordAll(history, versions);
        var (from, to) = (versions[^(steps + 1)].Serial, versions[^1].Serial);
        var length = history.Find(Origin, from, to, 9999)!.Length;
        Assert.NotNull(history.Find(Origin, from, to, 4 * length));
        Assert.Null(history.Find(Origin, from, to, length - 1));
    }

    [Fact]
    public void Begins_anew_where_its_file_is_broken()
    {
        File.WriteAllBytes(Path.Combine(_folder, "history.db"), [.. Enumerable.Repeat((byte)7, 5000)]);
        using var history = Open();
        Assert.Single(_reports);
        var versions = Versions(2);
        RecordAll(history, versions);
        Assert.NotNull(history.Find(Origin, versions[0].Serial, versions[1].Serial, 9999));
    }

    [Fact]
    public void Can_be_read_by_its_owner_only()
    {
        using var history = Open();
        RecordAll(history, Versions(2));
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.GetFiles(_folder))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    private ZoneHistory Open(long maxOctets = 1 << 20) => new(_folder, maxOctets, _reports.Add);

    private static void RecordAll(ZoneHistory history, IEnumerable<ZoneSnapshot> versions)
    {
        ZoneSnapshot? before = null;
        foreach (var version in versions)
        {
            Record(history, before, version);
            before = version;
        }
    }

    private static void Record(ZoneHistory history, ZoneSnapshot? before, ZoneSnapshot after) => history.Record([new ZoneChange(before, after)], _ => true);

    private static ZoneSnapshot LoadMany(int version) =>
        Load($"example. SOA ns. h. {version} 1 1 1 1\nexample. NS ns.\n" + string.Concat(Enumerable.Range(0, 2_500).Select(i => $"n{i}.example. TXT {version}\n")));

    // Each has one record that the others lack, one that every second has, and one that all have.
    private static List<ZoneSnapshot> Versions(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => Load(
            $"example. SOA ns. h. {100 + i} 1 1 1 1\nexample. NS ns.\nalways.example. TXT a\nn.example. A 192.0.2.{i}\n{(i % 2 == 0 ? "even.example. A 192.0.2.1" : "")}")),
    ];

    private static ZoneSnapshot Load(string text)
    {
        var builder = new ZoneBuilder(Origin);
        var problems = new ProblemList();
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes($"$TTL 60\n{text}\n"));
        MasterFileReader.Read(stream, "test.zone", Origin, problems, record => builder.AddRecord(builder.AddName(record.Owner.Wire), record.TimeToLive, record.Data), new HashSet<string>());
        Assert.False(problems.HasErrors, string.Join('\n', problems.All));
        return builder.Freeze();
    }

    private static HashSet<string> Lines(ZoneSnapshot zone)
    {
        var lines = new HashSet<string>();
        var records = new ZoneRecords(zone);
        while (records.MoveNext())
        {
            var record = records.Current;
            lines.Add(Line(record.Owner, record.Type, record.TimeToLive, record.Data));
        }

        return lines;
    }

    private static string Line(ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, ReadOnlySpan<byte> data) =>
        $"{Convert.ToHexString(owner)} {type} {timeToLive} {Convert.ToHexString(data)}";

    // As a secondary does: each record that goes has to be there, each that comes must not.
    private static HashSet<string> Apply(HashSet<string> zone, ReadOnlyMemory<byte> differences, out int records)
    {
        var soas = 0;
        for (records = 0; !differences.IsEmpty; records++)
        {
            differences = differences[DeltaEncoding.Read(differences.Span, out var owner, out var type, out var timeToLive, out var data)..];
            soas += type == RecordType.SOA ? 1 : 0;
            var line = Line(owner, type, timeToLive, data);
            Assert.True(soas % 2 == 1 ? zone.Remove(line) : zone.Add(line), line);
        }

        return zone;
    }
}
