// Which of several zones a name belongs to.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

public sealed class ZoneSetTests
{
    [Fact]
    public void Finds_the_closest_enclosing_zone()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var top = random.Next(2) == 0 ? DomainName.Root : ZoneMaker.Origin;
            var origins = Enumerable.Range(0, random.Next(1, 30)).Select(_ => ZoneMaker.Name(random, top).ToLower()).ToHashSet();
            var zones = new ZoneSet(origins.Select(origin => ZoneMaker.Start(origin).Freeze()));
            Assert.Equal(origins.Order(), zones.Zones.Select(zone => zone.Origin));
            for (var i = 0; i < 100; i++)
            {
                var name = ZoneMaker.Name(random, random.Next(2) == 0 ? DomainName.Root : top);
                var maxDepth = random.Next(DomainName.MaxLabels + 1);
                var expected = origins.Where(origin => name.IsSubdomainOf(origin) && origin.LabelCount <= maxDepth).OrderBy(origin => origin.LabelCount).Cast<DomainName?>().LastOrDefault();
                Assert.Equal(expected, zones.FindEnclosing(ZoneMaker.Lookup(name), maxDepth)?.Origin);
            }
        }
    }

    [Fact]
    public void The_root_zone_encloses_every_name()
    {
        var zones = new ZoneSet([ZoneMaker.Start(DomainName.Root).Freeze(), ZoneMaker.Start(ZoneMaker.Origin).Freeze()]);
        Assert.Equal(DomainName.Root, zones.FindEnclosing(ZoneMaker.Lookup(DomainName.Root))?.Origin);
        Assert.Equal(DomainName.Root, zones.FindEnclosing(ZoneMaker.Lookup(DomainName.Parse("a.b.c.")))?.Origin);
        Assert.Equal(ZoneMaker.Origin, zones.FindEnclosing(ZoneMaker.Lookup(DomainName.Parse("a.EXAMPLE.")))?.Origin);
    }

    [Fact]
    public void Takes_an_origin_of_127_labels()
    {
        var origin = DomainName.Parse(string.Concat(Enumerable.Repeat("a.", DomainName.MaxLabels)));
        var zones = new ZoneSet([ZoneMaker.Start(origin).Freeze()]);
        Assert.Equal(origin, zones.FindEnclosing(ZoneMaker.Lookup(origin))?.Origin);
        Assert.Null(zones.FindEnclosing(ZoneMaker.Lookup(origin.Parent)));
    }

    [Fact]
    public void An_empty_set_encloses_nothing() => Assert.Null(ZoneSet.Empty.FindEnclosing(ZoneMaker.Lookup(DomainName.Root)));

    [Fact]
    public void Refuses_two_zones_of_one_origin()
    {
        var zones = new[] { "example.", "EXAMPLE." }.Select(origin => ZoneMaker.Start(DomainName.Parse(origin)).Freeze());
        Assert.Contains("example.", Assert.Throws<ArgumentException>(() => new ZoneSet(zones)).Message, StringComparison.Ordinal);
    }
}
