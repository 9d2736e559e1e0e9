// Updates of plain zones: RFC 2136's rules, and what a restart makes of them.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.State;
using AltoDns.Zones.Updating;

namespace AltoDns.Zones.Tests.Updating;

public sealed class PlainUpdateTests
{
    [Theory]
    [InlineData("example.", RecordType.A, RecordClass.Internet, 1u, true, ResponseCode.FormatError)]
    [InlineData("example.", RecordType.A, RecordClass.Any, 0u, true, ResponseCode.FormatError)]
    [InlineData("example.", RecordType.A, RecordClass.None, 0u, true, ResponseCode.FormatError)]
    [InlineData("example.", RecordType.A, RecordClass.Chaos, 0u, true, ResponseCode.FormatError)]
    [InlineData("example.", RecordType.A, RecordClass.Any, 5u, false, ResponseCode.FormatError)]
    [InlineData("elsewhere.", RecordType.A, RecordClass.Any, 0u, false, ResponseCode.NotZone)]
    [InlineData("example.", RecordType.SOA, RecordClass.Any, 0u, false, ResponseCode.NoError)]
    public void Checks_the_form_of_prerequisites(string owner, RecordType type, RecordClass recordClass, uint timeToLive, bool hasData, ResponseCode expected)
    {
        using var zone = UpdatedZone.Plain("");
        var data = hasData ? new AData(0xC0000201) : null;

        Assert.Equal(expected, Apply(zone, new UpdateBuilder(zone.Zone.Origin).Require(new UpdateRecord(DomainName.Parse(owner), type, recordClass, timeToLive, data))));
    }

    [Theory]
    [InlineData("elsewhere.", RecordType.A, RecordClass.Internet, 1u, true, ResponseCode.NotZone)]
    [InlineData("a.example.", RecordType.A, RecordClass.Any, 1u, false, ResponseCode.FormatError)]
    [InlineData("a.example.", RecordType.A, RecordClass.Any, 0u, true, ResponseCode.FormatError)]
    [InlineData("a.example.", RecordType.AXFR, RecordClass.Any, 0u, false, ResponseCode.FormatError)]
    [InlineData("a.example.", RecordType.A, RecordClass.None, 1u, true, ResponseCode.FormatError)]
    [InlineData("a.example.", RecordType.A, RecordClass.None, 0u, false, ResponseCode.FormatError)]
    [InlineData("a.example.", RecordType.ANY, RecordClass.None, 0u, false, ResponseCode.FormatError)]
    [InlineData("a.example.", RecordType.A, RecordClass.Hesiod, 0u, true, ResponseCode.FormatError)]
    [InlineData("a.example.", RecordType.ANY, RecordClass.Any, 0u, false, ResponseCode.NoError)]
    [InlineData("a.example.", RecordType.A, RecordClass.Internet, 4_000_000_000u, true, ResponseCode.NoError)]
    public void Checks_the_form_of_changes(string owner, RecordType type, RecordClass recordClass, uint timeToLive, bool hasData, ResponseCode expected)
    {
        using var zone = UpdatedZone.Plain("");
        var data = hasData ? new AData(0xC0000201) : null;

        Assert.Equal(expected, Apply(zone, new UpdateBuilder(zone.Zone.Origin).Change(new UpdateRecord(DomainName.Parse(owner), type, recordClass, timeToLive, data))));
    }

    [Fact]
    public void Counts_what_is_kept_and_what_names_have()
    {
        using var zone = UpdatedZone.Plain("a A 192.0.2.1\na A 192.0.2.2\nb TXT b\n");
        var (names, rrsets) = (zone.Zone.Content.NodeCount, zone.Zone.Content.CountRRsets());
        Assert.Null(zone.Count);

        AfterAdding(["add c.d.example. 60 A 192.0.2.3", "add c.d.example. 60 A 192.0.2.4", "add c.d.example. 60 TXT c"], 3, 0, names + 2, rrsets + 2);
        AfterAdding(["add c.d.example. 90 A 192.0.2.3"], 3, 0, names + 2, rrsets + 2);
        AfterAdding(["delete a.example. A 192.0.2.1"], 3, 1, names + 2, rrsets + 2);
        AfterAdding(["delete a.example. A"], 3, 2, names + 1, rrsets + 1);
        AfterAdding(["add a.example. 60 A 192.0.2.1"], 4, 1, names + 2, rrsets + 2);
        AfterAdding(["delete b.example."], 4, 2, names + 1, rrsets + 1);
        AfterAdding(["delete c.d.example. A"], 2, 2, names + 1, rrsets);
        AfterAdding(["delete c.d.example.", "delete a.example.", "add b.example. 60 TXT b", "add a.example. 60 A 192.0.2.1", "add a.example. 60 A 192.0.2.2"], 3, 0, names, rrsets);
        Assert.Equal(ResponseCode.NXRRset, zone.Apply("yx a.example. MX", "add e.example. 60 A 192.0.2.5"));
        AfterAdding([], 3, 0, names, rrsets);

        void AfterAdding(string[] lines, long added, long hidden, int expectedNames, long expectedRRsets)
        {
            Assert.Equal(ResponseCode.NoError, zone.Apply(lines));
            Assert.Equal(new DynamicCount(added, hidden), zone.Count);
            Assert.Equal(zone.Count, zone.CountAnew());
            Assert.Equal((expectedNames, expectedRRsets), (zone.Zone.Content.NodeCount, zone.Zone.Content.CountRRsets()));
        }
    }

    [Fact]
    public void Lets_each_update_of_a_group_see_those_before()
    {
        using var zone = UpdatedZone.Plain("");

        var codes = zone.ApplyGroup(null, ["nx a.example.", "add a.example. 60 A 192.0.2.1"], ["nx a.example.", "add a.example. 60 A 192.0.2.2"], ["yx a.example. A", "add b.example. 60 A 192.0.2.3"]);

        Assert.Equal([ResponseCode.NoError, ResponseCode.YXDomain, ResponseCode.NoError], codes);
        Assert.Equal("A 192.0.2.1", zone.At("a.example."));
        Assert.Equal("A 192.0.2.3", zone.At("b.example."));
        Assert.Equal(11u, zone.Zone.Content.Serial);
    }

    [Fact]
    public void Takes_a_serial_that_goes_forward_and_counts_on_from_it()
    {
        using var zone = UpdatedZone.Plain("");

        zone.Apply("add example. 60 SOA ns2.example. host.example. 100 1 2 3 4");
        Assert.Equal(100u, zone.Zone.Content.Serial);
        zone.Apply("add a.example. 60 A 192.0.2.1");
        Assert.Equal(101u, zone.Zone.Content.Serial);
        zone.Apply("add example. 60 SOA ns3.example. host.example. 50 1 2 3 4");
        Assert.Equal(101u, zone.Zone.Content.Serial);
        Assert.Equal(101u, zone.Replay().Content.Serial);
    }

    [Fact]
    public void Raises_no_serial_for_what_changes_nothing()
    {
        using var zone = UpdatedZone.Plain("a A 192.0.2.7\n");

        zone.Apply("add a.example. 3600 A 192.0.2.7", "delete none.example.", "delete a.example. A 192.0.2.8");

        Assert.Equal(10u, zone.Zone.Content.Serial);
    }

    [Fact]
    public void Removes_records_when_their_time_has_come()
    {
        using var zone = UpdatedZone.Plain("a A 192.0.2.7\n");
        zone.Apply(2_000, "add b.example. 60 A 192.0.2.1", "add a.example. 3600 A 192.0.2.7");
        zone.Apply(3_000, "add c.example. 60 A 192.0.2.1");

        zone.Expire(2_500);

        Assert.Equal("", zone.At("b.example."));
        Assert.Equal("A 192.0.2.1", zone.At("c.example."));
        Assert.Equal("A 192.0.2.7", zone.At("a.example."));
        Assert.Equal(UpdatedZone.RecordsOf(zone.Zone.Content), UpdatedZone.RecordsOf(zone.Replay().Content));
    }

    [Fact]
    public void Lets_a_record_last_longer_when_it_is_added_again()
    {
        using var zone = UpdatedZone.Plain("");
        zone.Apply(2_000, "add b.example. 60 A 192.0.2.1");
        zone.Apply(9_000, "add b.example. 60 A 192.0.2.1");

        zone.Expire(2_500);

        Assert.Equal("A 192.0.2.1", zone.At("b.example."));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Comes_back_as_it_was(int seed)
    {
        var random = new Random(seed);
        using var zone = UpdatedZone.Plain("a A 192.0.2.7\na A 192.0.2.8\na TXT \"x\"\nsub NS ns.sub\nns.sub A 192.0.2.9\nalias CNAME a\n");
        string[] names = ["a", "b", "c.b", "sub", "ns.sub", "alias", "*.w"];
        string[] data = ["A 192.0.2.7", "A 192.0.2.9", "TXT \"x\"", "CNAME T.example.", "NS ns.example.", "DNAME d.example.", "MX 5 M.example."];
        for (var i = 0; i < 80; i++)
        {
            var name = names[random.Next(names.Length)] + ".example.";
            var record = data[random.Next(data.Length)];
            zone.Apply(random.Next(6) switch
            {
                0 => $"delete {name}",
                1 => $"delete {name} {record[..record.IndexOf(' ', StringComparison.Ordinal)]}",
                2 => $"delete {name} {record}",
                _ => $"add {name} {(random.Next(2) + 1) * 60} {record}",
            });

            var again = zone.Replay();
            Assert.Equal(UpdatedZone.RecordsOf(zone.Zone.Content), UpdatedZone.RecordsOf(again.Content));
            Assert.Equal(zone.Zone.Content.Serial, again.Content.Serial);
        }
    }

    private static ResponseCode Apply(UpdatedZone zone, UpdateBuilder builder)
    {
        var message = new byte[512];
        var length = builder.Write(message, 7);
        return UpdateMessage.Read(message.AsSpan(0, length), out var update) == UpdateReadOutcome.Read
            ? new PendingZone(zone.Zone).Apply(update!, zone.Permission, _ => null).ResponseCode
            : ResponseCode.FormatError;
    }
}
