// What becomes of records between a builder and the snapshot made of it.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

public sealed class ZoneBuilderTests
{
    private static readonly DomainName Host = DomainName.Parse("host.example.");
    private static readonly DomainName Other = DomainName.Parse("other.example.");

    [Fact]
    public void Drops_duplicates_and_takes_the_smallest_TTL()
    {
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        var node = builder.AddName(Host);
        builder.AddRecord(node, 300, ZoneMaker.Data(RecordType.A, 192, 0, 2, 1));
        builder.AddRecord(node, 60, ZoneMaker.Data(RecordType.A, 192, 0, 2, 2));
        builder.AddRecord(node, 900, ZoneMaker.Data(RecordType.A, 192, 0, 2, 1));

        // RFC 4034 §6.2: names in the data of MX are equal in any case.
        builder.AddRecord(node, 600, ZoneMaker.Data(RecordType.MX, 0, 10, 1, (byte)'a', 0));
        builder.AddRecord(node, 600, ZoneMaker.Data(RecordType.MX, 0, 10, 1, (byte)'A', 0));
        var rrsets = RRsetsOf(builder.Freeze(), Host);
        Assert.Equal(["A 60 C0000201 C0000202", "MX 600 000A016100"], rrsets);
    }

    [Fact]
    public void Orders_RRsets_by_type_and_records_as_they_came()
    {
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        var node = builder.AddName(Host);
        builder.AddRecord(node, 1, ZoneMaker.Data((RecordType)65280, 1));
        builder.AddRecord(node, 1, ZoneMaker.Data(RecordType.A, 9, 9, 9, 9));
        builder.AddRecord(node, 1, ZoneMaker.Data((RecordType)1000, 2));
        builder.AddRecord(node, 1, ZoneMaker.Data(RecordType.A, 1, 1, 1, 1));
        Assert.Equal(["A 1 09090909 01010101", "TYPE1000 1 02", "TYPE65280 1 01"], RRsetsOf(builder.Freeze(), Host));
    }

    [Theory]
    [InlineData("1", "A 1 02 03 04")]
    [InlineData("4", "A 1 01 02 03")]
    [InlineData("23", "A 1 01 04")]
    [InlineData("1234", null)]
    [InlineData("", "A 1 01 02 03 04")]
    public void Removes_the_records_that_are_picked(string removed, string? expected)
    {
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        var node = builder.AddName(Host);
        for (byte number = 1; number <= 4; number++)
        {
            builder.AddRecord(node, 1, ZoneMaker.Data(RecordType.A, number));
        }

        builder.RemoveRecords(node, (_, data) => removed.Contains((char)('0' + data.Span[0]), StringComparison.Ordinal));
        Assert.Equal(expected is null ? [] : [expected], RRsetsOf(builder.Freeze(), Host));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("12")]
    public void Takes_records_after_some_were_removed(string removed)
    {
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        var node = builder.AddName(Host);
        builder.AddRecord(node, 1, ZoneMaker.Data(RecordType.A, 1));
        builder.AddRecord(node, 1, ZoneMaker.Data(RecordType.A, 2));
        builder.RemoveRecords(node, (_, data) => removed.Contains((char)('0' + data.Span[0]), StringComparison.Ordinal));
        builder.AddRecord(node, 1, ZoneMaker.Data(RecordType.A, 3));
        var kept = string.Concat(new[] { 1, 2 }.Where(number => !removed.Contains((char)('0' + number), StringComparison.Ordinal)).Select(number => $"0{number} "));
        Assert.Equal([$"A 1 {kept}03"], RRsetsOf(builder.Freeze(), Host));
    }

    [Fact]
    public void Keeps_shared_RRsets_once()
    {
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        var shared = builder.DefineShared([ZoneMaker.Data(RecordType.TXT, 1, 65), ZoneMaker.Data(RecordType.NAPTR, 0)], 600);
        foreach (var name in new[] { Host, Other })
        {
            builder.Share(builder.AddName(name), shared);
        }

        var zone = builder.Freeze();
        Assert.Equal(3, zone.RRsetCount);
        Assert.Equal(zone.FirstRRset(zone.FindNode(ZoneMaker.Lookup(Host))), zone.FirstRRset(zone.FindNode(ZoneMaker.Lookup(Other))));
        Assert.Equal(["TXT 600 0141", "NAPTR 600 00"], RRsetsOf(zone, Other));
    }

    [Fact]
    public void Joins_own_records_with_shared_ones()
    {
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        var shared = builder.DefineShared([ZoneMaker.Data(RecordType.TXT, 1, 65), ZoneMaker.Data(RecordType.NAPTR, 0)], 600);
        var replaced = builder.DefineShared([ZoneMaker.Data(RecordType.A, 0)], 600);
        var host = builder.AddName(Host);
        builder.AddRecord(host, 60, ZoneMaker.Data(RecordType.TXT, 1, 66));
        builder.AddRecord(host, 900, ZoneMaker.Data(RecordType.TXT, 1, 65));
        builder.Share(host, replaced);
        builder.Share(host, shared);
        builder.Share(builder.AddName(Other), shared);
        var zone = builder.Freeze();
        Assert.Equal(["TXT 60 0142 0141", "NAPTR 600 00"], RRsetsOf(zone, Host));
        Assert.Equal(["TXT 600 0141", "NAPTR 600 00"], RRsetsOf(zone, Other));
    }

    [Fact]
    public void Finds_what_was_added_and_nothing_else()
    {
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        var random = new Random(1);
        var names = Enumerable.Range(0, 2000).Select(_ => ZoneMaker.Name(random, ZoneMaker.Origin)).ToList();
        var nodes = names.ConvertAll(builder.AddName);
        for (var i = 0; i < names.Count; i++)
        {
            Assert.Equal(nodes[i], builder.FindName(names[i]));
            Assert.Equal(names[i], builder.NameOf(nodes[i]));
            Assert.Equal(names[i].LabelCount, builder.DepthOf(nodes[i]));
        }

        Assert.Equal(-1, builder.FindName(DomainName.Parse("absent.example.")));
        Assert.Equal(-1, builder.FindName(DomainName.Parse("example.net.")));
        Assert.Equal(-1, builder.FindName(DomainName.Root));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("example.net.")]
    [InlineData("notexample.")]
    public void Refuses_names_outside_the_zone(string name)
    {
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        Assert.Throws<ArgumentException>(() => builder.AddName(DomainName.Parse(name)));
    }

    [Fact]
    public void Does_not_freeze_without_SOA() => Assert.Throws<ArgumentException>(() => new ZoneBuilder(ZoneMaker.Origin).Freeze());

    /// <summary>Type, TTL and data of each RRset of a name.</summary>
    private static List<string> RRsetsOf(ZoneSnapshot zone, DomainName name)
    {
        var texts = new List<string>();
        var node = zone.FindNode(ZoneMaker.Lookup(name));
        foreach (ref readonly var rrset in node < 0 ? default : zone.RRsetsOf(node))
        {
            var text = $"{rrset.Type.Mnemonic()} {rrset.TimeToLive}";
            var count = 0;
            foreach (var data in new RRsetDataEnumerator(zone.DataOf(rrset)))
            {
                text += $" {Convert.ToHexString(data)}";
                count++;
            }

            Assert.Equal(rrset.Count, count);
            texts.Add(text);
        }

        return texts;
    }
}
