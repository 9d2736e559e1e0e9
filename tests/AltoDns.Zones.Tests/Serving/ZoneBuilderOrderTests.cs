// Names of a zone under construction: whatever the order in which they come, each is one node, and is found when frozen.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

public sealed class ZoneBuilderOrderTests
{
    private const int Names = 5_000;

    private static readonly DomainName Origin = DomainName.Parse("example.");

    public static TheoryData<int, int> OrdersAndExpectations() => new()
    {
        // Seed 0 keeps the names sorted; the expected names are too few, about right, and far too many.
        { 0, 0 }, { 0, Names }, { 0, Names * 20 }, { 1, 0 }, { 1, Names }, { 1, Names * 20 }, { 2, Names },
    };

    [Theory]
    [MemberData(nameof(OrdersAndExpectations))]
    public void Names_are_found_in_whatever_order_they_were_added(int seed, int expectedNames)
    {
        var names = MakeNames();
        if (seed != 0)
        {
            new Random(seed).Shuffle(names);
        }

        var builder = MakeBuilder(expectedNames);
        var nodes = Array.ConvertAll(names, builder.AddName);
        Assert.Equal(nodes, names.Select(builder.AddName));
        Assert.Equal(names.Length, nodes.Distinct().Count());
        Assert.All(names.Zip(nodes), pair => Assert.Equal(pair.First, builder.NameOf(pair.Second)));

        // A name without records at or below it does not exist.
        foreach (var node in nodes)
        {
            builder.AddRecord(node, 60, new AData(0x7F000001));
        }

        var zone = builder.Freeze();
        var lookup = new LookupName();
        foreach (var name in names)
        {
            lookup.Set(name.Wire);
            Assert.Equal(name, zone.NameOf(zone.FindNode(lookup)));
        }

        lookup.Set(DomainName.Parse("absent.9.9.example.").Wire);
        Assert.Equal(-1, zone.FindNode(lookup));
    }

    [Fact]
    public void A_wildcard_is_one_node_however_it_is_added()
    {
        var builder = MakeBuilder(0);
        var parent = builder.AddName(DomainName.Parse("1.example."));
        var wildcard = builder.AddWildcard(parent);
        Assert.Equal(wildcard, builder.AddName(DomainName.Parse("*.1.example.")));
        Assert.Equal(wildcard, builder.AddWildcard(parent));
        var apexWildcard = builder.AddName(DomainName.Parse("*.example."));
        Assert.Equal(apexWildcard, builder.AddWildcard(ZoneSnapshot.Apex));
        Assert.NotEqual(wildcard, apexWildcard);
    }

    // Sorted from the apex down, with siblings and cousins, names that share labels, and names that are ancestors of others.
    private static DomainName[] MakeNames() =>
        [.. Enumerable.Range(0, Names).Select(i => DomainName.Parse((i % 3) switch
        {
            0 => $"{i % 7}.{i / 100}.example.",
            1 => $"{i % 100}.{i / 100 % 10}.{i / 1000}.example.",
            _ => $"{i % 10}.{i / 10 % 10}.{i / 100 % 10}.{i / 1000}.deep.example.",
        })).Distinct().Order()];

    private static ZoneBuilder MakeBuilder(int expectedNames)
    {
        var builder = new ZoneBuilder(Origin, expectedNames);
        builder.AddRecord(ZoneSnapshot.Apex, 3600, new SoaData(Origin, Origin, 1, 7200, 900, 1209600, 3600));
        return builder;
    }
}
