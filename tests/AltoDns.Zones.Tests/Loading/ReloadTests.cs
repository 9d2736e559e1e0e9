// Loads that begin with what the load before has left: what has not changed is taken over, and the outcome is that of a first load.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.Loading;

public sealed class ReloadTests : IDisposable
{
    private static readonly DateTime LongAgo = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc).AddTicks(1234567);

    private readonly ZoneFolder _folder = new();
    private readonly ZoneSources _sources;

    public ReloadTests()
    {
        Write("policy.yaml", Policy("198.51.100.0/24", "a"));
        Write("other.yaml", Policy("203.0.113.0/24", "a"));
        Write("base.zone", "$TTL 60\n1.100.51.198.in-addr.arpa. PTR host.invalid.\n");
        Write("plain.zone", ZoneFolder.Apex);
        Write("large.zone", ZoneFolder.Apex + "$INCLUDE part.zone\n");
        Write("part.zone", "x TXT one\n");
        _sources = new ZoneSources
        {
            Policies = [_folder.At("policy.yaml"), _folder.At("other.yaml")],
            PlainZones = [Plain("plain"), Plain("large")],
        };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_has_not_changed_is_taken_over()
    {
        var first = Load(null);
        var second = Load(first);
        Assert.Equal(4, second.Zones!.Zones.Count);
        Assert.All(first.Zones!.Zones.Zip(second.Zones.Zones), pair => Assert.Same(pair.First, pair.Second));
        Assert.Equal(first.Problems.Select(problem => problem.ToString()), second.Problems.Select(problem => problem.ToString()));
        Assert.Equal(first.Files.Order(StringComparer.Ordinal), second.Files.Order(StringComparer.Ordinal));
        Assert.NotEmpty(first.Problems);
    }

    [Theory]
    [InlineData("policy.yaml", "100.51.198.in-addr.arpa.")]
    [InlineData("other.yaml", "113.0.203.in-addr.arpa.")]
    [InlineData("base.zone", "100.51.198.in-addr.arpa.")]
    [InlineData("plain.zone", "plain.invalid.")]
    [InlineData("part.zone", "large.invalid.")]
    public void Only_the_zone_that_changed_is_another(string file, string zone)
    {
        var first = Load(null);
        var text = File.ReadAllText(_folder.At(file));
        Write(file, file.EndsWith(".yaml", StringComparison.Ordinal) ? text.Replace("/25: a", "/25: b", StringComparison.Ordinal) : text + "y.x 60 TXT two\n", 1);
        if (file == "base.zone")
        {
            Write(file, text + "7.100.51.198.in-addr.arpa. PTR host.invalid.\n", 1);
        }

        var second = Load(first);
        AssertEqualsFirstLoad(second);
        var changed = second.Zones!.Zones.Except(first.Zones!.Zones).ToList();
        Assert.Equal(DomainName.Parse(zone), Assert.Single(changed).Origin);
        Assert.Equal(first.Zones.Zones.Count - 1, second.Zones.Zones.Intersect(first.Zones.Zones).Count());
    }

    [Fact]
    public void A_changed_zone_gets_a_higher_serial_whatever_the_time_of_its_file()
    {
        var load = Load(null);
        for (var step = 0; step < 4; step++)
        {
            var before = ZoneOf(load, "100.51.198.in-addr.arpa.");
            var text = File.ReadAllText(_folder.At("policy.yaml"));

            // By the difference, then as a whole; the time goes back.
            text = step % 2 == 0 ? text.Replace("/25: a", "/25: b", StringComparison.Ordinal) : text.Replace("/25: b", "/25: a", StringComparison.Ordinal) + "ttl: 7\n";
            text = step == 2 ? text.Replace("ttl: 7\n", "", StringComparison.Ordinal) : text;
            Write("policy.yaml", text, -step - 1);
            load = Load(load);
            Assert.Equal(before.Serial + 1, ZoneOf(load, "100.51.198.in-addr.arpa.").Serial);
        }
    }

    [Fact]
    public void A_zone_whose_records_are_the_same_keeps_its_serial()
    {
        var first = Load(null);
        Write("policy.yaml", "# Only a comment more.\n" + File.ReadAllText(_folder.At("policy.yaml")), 5);
        Write("base.zone", "; Only a comment more.\n" + File.ReadAllText(_folder.At("base.zone")), 5);
        Write("plain.zone", "; Only a comment more.\n" + ZoneFolder.Apex, 5);
        var second = Load(first);
        Assert.All(first.Zones!.Zones.Zip(second.Zones!.Zones), pair => Assert.Same(pair.First, pair.Second));

        // The lines of the problems are those of the new files.
        Assert.Equal(Load(null).Problems.Select(problem => problem.ToString()), second.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void A_file_that_was_just_modified_is_read_again_though_its_time_is_the_same()
    {
        var now = DateTime.UtcNow;
        File.SetLastWriteTimeUtc(_folder.At("part.zone"), now);
        var first = Load(null);
        _folder.Write("part.zone", "x TXT two\n");
        File.SetLastWriteTimeUtc(_folder.At("part.zone"), now);
        var second = Load(first);
        AssertEqualsFirstLoad(second);
        Assert.NotSame(ZoneOf(first, "large.invalid."), ZoneOf(second, "large.invalid."));
    }

    [Fact]
    public void After_an_error_the_last_good_load_still_serves_as_the_beginning()
    {
        var first = Load(null);
        Write("other.yaml", "zones: [\n", 1);
        var failed = Load(first);
        Assert.Null(failed.Zones);
        Write("other.yaml", Policy("203.0.113.0/24", "b"), 2);
        var second = Load(first);
        AssertEqualsFirstLoad(second);
        Assert.Same(ZoneOf(first, "100.51.198.in-addr.arpa."), ZoneOf(second, "100.51.198.in-addr.arpa."));
    }

    private static string Policy(string zone, string server) => $$"""
        zones: [{{zone}}]
        soa: { primary: ns.invalid., contact: host@isp1.example }
        nameservers: ns.invalid.
        {{(zone.StartsWith("198", StringComparison.Ordinal) ? "base: base.zone" : "")}}
        alto-servers:
          a: { uri: https://a.isp1.example/ird }
          b: { uri: https://b.isp1.example/ird }
          c: { uri: https://c.isp1.example/ird }
        assignments:
          {{zone}}: {{server}}
          {{zone.Replace("/24", "/25", StringComparison.Ordinal)}}: a
        delegations:
          {{zone.Replace(".0/24", ".64/26", StringComparison.Ordinal)}}: { nameservers: [ns.customer.example.] }

        """;

    private PlainZone Plain(string name) => new(DomainName.Parse($"{name}.invalid."), _folder.At($"{name}.zone"), default);

    private void Write(string file, string text, int minutes = 0)
    {
        _folder.Write(file, text);
        File.SetLastWriteTimeUtc(_folder.At(file), LongAgo.AddMinutes(minutes));
    }

    private LoadedZones Load(LoadedZones? before)
    {
        var loaded = ZoneLoader.Load(_sources, before);
        return before is null || loaded.Zones is null ? loaded : loaded with { Policies = [] };
    }

    private static ZoneSnapshot ZoneOf(LoadedZones loaded, string origin) => loaded.Zones!.Zones.Single(zone => zone.Origin == DomainName.Parse(origin));

    // But for serials, which depend on what was served before.
    private void AssertEqualsFirstLoad(LoadedZones loaded)
    {
        var expected = ZoneLoader.Load(_sources);
        Assert.Equal(Records(expected), Records(loaded));
        Assert.Equal(expected.Problems.Select(problem => problem.ToString()), loaded.Problems.Select(problem => problem.ToString()));
        Assert.Equal(expected.Files.Order(StringComparer.Ordinal), loaded.Files.Order(StringComparer.Ordinal));
    }

    private static List<string> Records(LoadedZones loaded) => [.. loaded.Zones!.Zones
        .SelectMany(ZoneExporter.Records)
        .Where(record => record.Data.RecordType != RecordType.SOA)
        .Select(record => $"{record.Owner} {record.TimeToLive} {record.Data.RecordType} {record.Data}")];
}
