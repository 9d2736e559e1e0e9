// Catalogs that come in: which secondaries they make, under which settings, over broken versions and restarts.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Server.Access;
using AltoDns.Server.Catalogs;
using AltoDns.Server.Tests.Support;
using AltoDns.Server.Transfers;
using AltoDns.Testing;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Catalogs;

public sealed class CatalogConsumerTests : IDisposable
{
    private static readonly DomainName Catalog = DomainName.Parse("catalog.test.");
    private static readonly Peer Usual = new(new IPEndPoint(IPAddress.Loopback, 53));
    private static readonly Peer Special = new(new IPEndPoint(IPAddress.Loopback, 5300));

    private readonly string _state = Directory.CreateTempSubdirectory("altodns-catalogs-").FullName;
    private readonly LogRecorder<CatalogConsumer> _log = new();
    private readonly List<string> _forgotten = [];
    private readonly ZoneStore _store = new(ZoneSet.Empty);
    private readonly TransferOptionsStore _configured = new(new TransferOptions
    {
        Secondaries = [new SecondaryZone(Catalog, [Usual], AccessList.Nobody, MaxSize: 77)],
        Catalogs = [new ConsumedCatalog(Catalog, new Dictionary<string, SecondaryZone>(StringComparer.Ordinal) { ["special"] = new(Catalog, [Special], AccessList.Nobody) })],
    });

    [Fact]
    public void Members_become_secondaries_with_the_settings_of_the_catalog_or_of_their_group()
    {
        var consumer = Make();

        Come(consumer, "a.zones PTR one.test.\nb.zones PTR two.test.\ngroup.b.zones TXT unknown\ngroup.b.zones TXT special");

        var one = Assert.Single(consumer.Effective.Current.Secondaries, zone => zone.Origin == DomainName.Parse("one.test."));
        Assert.Equal((Usual, 77L), (one.Primaries[0], one.MaxSize));
        Assert.Equal(Special, Assert.Single(consumer.Effective.Current.Secondaries, zone => zone.Origin == DomainName.Parse("two.test.")).Primaries[0]);
        Assert.Equal(3, consumer.Effective.Current.Secondaries.Count);
    }

    [Fact]
    public void Members_that_go_are_forgotten_and_those_with_another_label_begin_anew()
    {
        var consumer = Make();
        Come(consumer, "a.zones PTR one.test.\nb.zones PTR two.test.");
        Come(consumer, "c.zones PTR two.test.");

        Assert.Equal("two.test.", Members(consumer));
        Assert.Equal(["one.test.", "two.test."], _forgotten);
    }

    [Theory]
    [InlineData("version TXT 1")]
    [InlineData("version TXT 2\na.zones PTR one.test.\na.zones PTR two.test.")]
    public void Broken_catalog_keeps_what_was(string text)
    {
        var consumer = Make();
        Come(consumer, "a.zones PTR one.test.");

        consumer.Published([new ZoneChange(null, Zone(text))]);

        Assert.Equal("one.test.", Members(consumer));
        Assert.Single(_log.Entries, entry => entry.Id == 1800);
    }

    [Fact]
    public void Catalog_that_is_gone_for_now_keeps_what_was()
    {
        var consumer = Make();
        Come(consumer, "a.zones PTR one.test.");

        consumer.Published([new ZoneChange(Zone("version TXT 2"), null)]);

        Assert.Equal("one.test.", Members(consumer));
    }

    [Fact]
    public void Members_are_there_after_a_restart_and_a_label_that_changed_meanwhile_is_noticed()
    {
        Come(Make(), "a.zones PTR one.test.\ngroup.a.zones TXT \"two words\"");

        var again = Make();
        Assert.Equal("one.test.", Members(again));
        Come(again, "a.zones PTR one.test.\ngroup.a.zones TXT \"two words\"");
        Assert.Empty(_forgotten);
        Come(again, "b.zones PTR one.test.");

        Assert.Equal(["one.test."], _forgotten);
    }

    [Fact]
    public void Catalog_that_is_no_longer_configured_takes_its_members_along()
    {
        var consumer = Make();
        Come(consumer, "a.zones PTR one.test.");

        _configured.Publish(new TransferOptions());

        Assert.Empty(consumer.Effective.Current.Secondaries);
        Assert.Equal(["one.test."], _forgotten);
    }

    [Fact]
    public void Zones_that_are_served_already_are_left_alone_and_that_is_told_once()
    {
        _store.Publish(new ZoneSet([new ScenarioZone("own", DomainName.Parse("own.test."), "@ 300 SOA ns hostmaster 1 2 3 4 5\n@ 300 NS ns\nns 300 A 192.0.2.1\n").Load()]));
        var consumer = Make();

        Come(consumer, "a.zones PTR own.test.");
        Come(consumer, "a.zones PTR own.test.\nb.zones PTR one.test.");

        Assert.Equal("one.test.", Members(consumer));
        Assert.Single(_log.Entries, entry => entry.Id == 1805);
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private CatalogConsumer Make() => new(
        _configured,
        new TransferOptionsStore(new TransferOptions()),
        _store,
        _state,
        changes => _forgotten.AddRange(changes.Removed.Concat(changes.Reset).Select(zone => zone.ToString())),
        _log);

    private static void Come(CatalogConsumer consumer, string members) => consumer.Published([new ZoneChange(null, Zone($"version TXT 2\n{members}"))]);

    private static ZoneSnapshot Zone(string text) =>
        new ScenarioZone("catalog", Catalog, $"$TTL 0\n@ SOA invalid. invalid. 1 3600 600 2147483646 0\n@ NS invalid.\n{text}\n").Load();

    private static string Members(CatalogConsumer consumer) =>
        string.Join(' ', consumer.Effective.Current.Secondaries.Select(zone => zone.Origin.ToString()).Where(origin => origin != Catalog.ToString()));
}
