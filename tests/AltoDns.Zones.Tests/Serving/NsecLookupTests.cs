// The NSEC that covers a missing name against a plain sorted list of names.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

public sealed class NsecLookupTests
{
    private const int Zones = 200;
    private const int QuestionsPerZone = 100;

    [Fact]
    public void Finds_the_last_name_before_a_missing_one()
    {
        for (var seed = 0; seed < Zones; seed++)
        {
            var random = new Random(seed);
            var (zone, owners) = MakeZone(random, random.Next(1, 80));
            for (var i = 0; i < QuestionsPerZone; i++)
            {
                var asked = ZoneMaker.Name(random, zone.Origin);
                var lookup = ZoneMaker.Lookup(asked);
                var deepest = zone.FindDeepest(lookup);
                var isThere = zone.Node(deepest).Depth == lookup.Depth;
                var link = isThere
                    ? NsecLookup.Find(zone, deepest)
                    : NsecLookup.FindCovering(zone, zone.FindOccluder(deepest), lookup.Label(zone.Node(zone.FindOccluder(deepest)).Depth + 1));

                // What is below a cut is told of by the cut.
                var expected = owners.Where(owner => owner <= asked).Max();
                Assert.Equal(expected, zone.NameOf(link.Node));
                Assert.Equal(RecordType.NSEC, zone.RRset(link.RRset).Type);
            }
        }
    }

    [Fact]
    public void Ends_where_nobody_owns_an_NSEC()
    {
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        for (var i = 0; i < 1000; i++)
        {
            // Names without records: no signer makes them, and no walk goes over all of them.
            builder.AddName(DomainName.Parse($"n{i:d4}.example."));
        }

        var zone = builder.Freeze();
        Assert.Equal(-1, NsecLookup.FindCovering(zone, ZoneSnapshot.Apex, "\u0005zzzzz"u8).RRset);
        Assert.Equal(-1, NsecLookup.Find(zone, ZoneSnapshot.Apex).RRset);
    }

    private static (ZoneSnapshot Zone, SortedSet<DomainName> Owners) MakeZone(Random random, int count)
    {
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        var names = Enumerable.Range(0, count).Select(_ => ZoneMaker.Name(random, ZoneMaker.Origin)).Append(ZoneMaker.Origin).Distinct().ToList();
        var cuts = names.Where(name => name != ZoneMaker.Origin && !name.IsWildcard && random.Next(8) == 0).ToHashSet();
        var owners = new SortedSet<DomainName>();
        foreach (var name in names)
        {
            var node = builder.AddName(name);
            builder.AddRecord(node, 60, ZoneMaker.Data(cuts.Contains(name) ? RecordType.NS : RecordType.A, 1, 1, 1, 1));
            if (!cuts.Any(cut => cut != name && name.IsSubdomainOf(cut)))
            {
                builder.AddRecord(node, 60, ZoneMaker.Data(RecordType.NSEC, 0));
                owners.Add(name);
            }
        }

        return (builder.Freeze(), owners);
    }
}
