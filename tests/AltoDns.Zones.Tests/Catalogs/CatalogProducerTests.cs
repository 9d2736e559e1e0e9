// The catalog of our own zones: when its serial goes up, and when not.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Catalogs;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Catalogs;

public sealed class CatalogProducerTests : IDisposable
{
    private static readonly DomainName Catalog = DomainName.Parse("catalog.example.");

    private readonly string _state = Path.Combine(Directory.CreateTempSubdirectory("altodns-catalog-").FullName, "state");
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000);

    [Fact]
    public void Serial_goes_up_when_members_change_and_only_then()
    {
        var producer = Producer();
        var first = Serial(producer, "a.test.", "b.test.");
        _now += TimeSpan.FromHours(1);

        Assert.Equal(first, Serial(producer, "b.test.", "a.test."));
        Assert.Equal(first + 3600, Serial(producer, "a.test."));
        Assert.Equal(first + 3601, Serial(producer, "a.test.", "b.test."));
    }

    [Fact]
    public void Serial_and_labels_outlive_a_restart()
    {
        var first = Serial(Producer(), "a.test.");
        _now += TimeSpan.FromHours(1);

        Assert.Equal(first, Serial(Producer(), "a.test."));
        Assert.True(Serial(Producer(), "a.test.", "b.test.") > first);
    }

    [Fact]
    public void Serial_never_goes_back_when_the_clock_does()
    {
        var first = Serial(Producer(), "a.test.");
        _now -= TimeSpan.FromDays(1);

        Assert.Equal(first + 1, Serial(Producer(), "b.test."));
        Assert.Equal(first + 2, Serial(Producer(), "a.test."));
    }

    [Fact]
    public void Group_is_part_of_what_changes()
    {
        var first = Serial(Producer(), "a.test.");

        Assert.Equal(first + 1, Serial(Producer(("a.test.", "fast")), "a.test."));
    }

    [Fact]
    public void Catalogs_are_no_members()
    {
        var zones = Producer().AddTo(Zones("a.test.", "other.catalog."), zone => zone == DomainName.Parse("other.catalog."));

        Assert.Equal([DomainName.Parse("a.test.")], CatalogDocument.Read(zones.Zones.Single(zone => zone.Origin == Catalog), out _)!.Members.Keys);
        Assert.Equal(3, zones.Zones.Count);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_state)!, recursive: true);

    private CatalogProducer Producer(params (string Zone, string Group)[] groups) =>
        new(new CatalogSource(Catalog, groups.ToDictionary(entry => DomainName.Parse(entry.Zone), entry => entry.Group)), _state, new Clock(() => _now));

    private static uint Serial(CatalogProducer producer, params string[] zones) =>
        producer.AddTo(Zones(zones), _ => false).Zones.Single(zone => zone.Origin == Catalog).Serial;

    private static ZoneSet Zones(params string[] origins) => new(origins.Select(origin => CatalogZones.Load(origin, "")));

    private sealed class Clock(Func<DateTimeOffset> now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now();
    }
}
