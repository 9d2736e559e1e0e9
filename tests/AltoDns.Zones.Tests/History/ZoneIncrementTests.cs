// Incremental transfers: a zone with a chain of changes applied equals one built anew; changes that do not fit are refused.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Tests.Serving;

namespace AltoDns.Zones.Tests.History;

public sealed class ZoneIncrementTests
{
    private static readonly DomainName Origin = DomainName.Parse("deep.example.");

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 30)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_zone_after_random_changes_equals_one_built_anew(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var hasChain = random.Next(2) == 0;
            var models = new List<List<DeltaRecord>> { Records(RandomModel(random, 1, hasChain)) };
            var changes = new List<ZoneIncrement>();
            for (var version = 2u; version < 6; version++)
            {
                // Most of a version stays as it was.
                var next = Merge(models[^1], Records(RandomModel(random, version, hasChain)), random);
                changes.Add(Between(models[^1], next, version - 1));
                models.Add(next);
            }

            var first = Freeze(models[0]);
            var text = SnapshotText.Of(first);
            var after = ZoneIncrement.Apply(first, changes, out var fault);
            Assert.Null(fault);
            Assert.NotNull(after);
            Assert.Equal(Canonical(Freeze(models[^1])), Canonical(after));
            Assert.Equal(5u, after.Serial);
            Assert.Equal(text, SnapshotText.Of(first));

            // One by one they lead to the same zone.
            var byOne = changes.Aggregate(first, (zone, change) => ZoneIncrement.Apply(zone, [change], out _)!);
            Assert.Equal(Canonical(after), Canonical(byOne));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Changes_that_do_not_fit_are_refused_and_leave_the_zone_as_it_was(int seed)
    {
        var random = new Random(seed);
        var before = Records(RandomModel(random, 1, hasChain: false));
        var after = Merge(before, Records(RandomModel(random, 2, hasChain: false)), random);
        var zone = Freeze(before);
        var text = SnapshotText.Of(zone);
        var change = Between(before, after, 1);
        Refuse(change with { SerialBefore = 7 }, "begins at serial 7");
        Refuse(change with { SerialAfter = 9 }, "end at serial 9");
        Refuse(change with { Removed = [.. change.Removed, Txt("deep.example.", "never there")] }, "is removed from deep.example. that is not there");
        Refuse(change with { Added = [.. change.Added, change.Added[0]] }, "is added to");
        Refuse(change with { Added = [.. change.Added, Txt("elsewhere.", "x")] }, "lies outside the zone");
        Refuse(change with { Added = [.. change.Added, Of("alias.deep.example.", new CnameData(DomainName.Root)), Txt("alias.deep.example.", "x")] }, "has a CNAME record and other data beside it");
        Refuse(change with { Added = [.. change.Added.Where(record => record.Type != RecordType.SOA)] }, "has no SOA record");
        Refuse(change with { Removed = [.. change.Removed, Of("deep.example.", new NsData(DomainName.Root))] }, "has no NS record");

        void Refuse(ZoneIncrement bad, string expected)
        {
            Assert.Null(ZoneIncrement.Apply(zone, [bad], out var fault));
            Assert.Contains(expected, fault, StringComparison.Ordinal);
            Assert.Equal(text, SnapshotText.Of(zone));
        }
    }

    [Fact]
    public void A_chain_with_other_parameters_has_to_come_as_a_whole()
    {
        var before = Records(RandomModel(new Random(1), 1, hasChain: true));
        List<DeltaRecord> after = [.. Records(RandomModel(new Random(1), 2, hasChain: true)).Where(record => record.Type != RecordType.NSEC3PARAM), Of("deep.example.", new Nsec3ParamData(1, 0, 0, [1]), 0)];
        Assert.Null(ZoneIncrement.Apply(Freeze(before), [Between(before, after, 1)], out var fault));
        Assert.Contains("NSEC3", fault, StringComparison.Ordinal);
    }

    private static ZoneModel RandomModel(Random random, uint serial, bool hasChain)
    {
        var model = new ZoneModel(Origin);
        model.Names[model.Origin] = new()
        {
            [RecordType.SOA] = ZoneModel.Soa(serial),
            [RecordType.NS] = new ModelRRset(RecordType.NS, 60, [new NsData(DomainName.Root)], []),
        };
        for (var names = random.Next(30); names > 0; names--)
        {
            var name = ZoneMaker.Name(random, model.Origin);
            var rrsets = ZoneModel.RandomRRsets(random);
            if (name == model.Origin || rrsets.Count == 0)
            {
                continue;
            }

            // One CNAME, one DNAME, and nothing beside the former.
            foreach (var type in (RecordType[])[RecordType.CNAME, RecordType.DNAME])
            {
                if (rrsets.TryGetValue(type, out var rrset))
                {
                    rrsets[type] = rrset with { Records = [rrset.Records[0]] };
                }
            }

            model.Names[name] = rrsets.TryGetValue(RecordType.CNAME, out var alias) ? new() { [RecordType.CNAME] = alias } : rrsets;
        }

        if (hasChain)
        {
            model.Names[model.Origin][RecordType.NSEC3PARAM] = new ModelRRset(RecordType.NSEC3PARAM, 0, [new Nsec3ParamData(1, 0, 0, [])], []);
            for (var links = random.Next(6); links > 0; links--)
            {
                model.Links[new string((char)('0' + random.Next(10)), 31) + (char)('0' + random.Next(2) * 8)] = ZoneModel.RandomRRset(random, RecordType.NSEC3);
            }
        }

        return model;
    }

    // Each name is as before or as in the other; SOA records are those of the other.
    private static List<DeltaRecord> Merge(List<DeltaRecord> before, List<DeltaRecord> other, Random random)
    {
        var kept = before.Select(record => record.Owner).Concat(other.Select(record => record.Owner)).Distinct().ToDictionary(name => name, _ => random.Next(3) > 0);
        kept[Origin] = false;
        return [.. before.Where(record => kept[record.Owner]), .. other.Where(record => !kept[record.Owner])];
    }

    private static ZoneIncrement Between(List<DeltaRecord> before, List<DeltaRecord> after, uint serial) =>
        new(serial, serial + 1, [.. before.Where(record => !after.Exists(other => IsSame(record, other)))], [.. after.Where(record => !before.Exists(other => IsSame(record, other)))]);

    private static bool IsSame(DeltaRecord left, DeltaRecord right) =>
        left.Owner == right.Owner && left.Type == right.Type && left.TimeToLive == right.TimeToLive && left.Data.Span.SequenceEqual(right.Data.Span);

    private static List<DeltaRecord> Records(ZoneModel model)
    {
        var records = new List<DeltaRecord>();
        foreach (var (name, rrsets) in model.Names)
        {
            AddTo(records, name, rrsets.Values);
        }

        foreach (var (hash, rrset) in model.Links)
        {
            Assert.True(model.Origin.TryPrepend(System.Text.Encoding.ASCII.GetBytes(hash), out var owner));
            AddTo(records, owner, [rrset]);
        }

        return [.. records.OrderBy(record => record.Type == RecordType.SOA ? 0 : 1)];
    }

    private static void AddTo(List<DeltaRecord> records, DomainName name, IEnumerable<ModelRRset> rrsets) =>
        records.AddRange(rrsets.SelectMany(rrset => rrset.Records.Concat(rrset.Signatures), (rrset, data) => new DeltaRecord(name, data.RecordType, rrset.TimeToLive, data.ToWire())));

    private static ZoneSnapshot Freeze(List<DeltaRecord> records)
    {
        var builder = new ZoneBuilder(Origin);
        foreach (var record in records)
        {
            builder.AddRecord(builder.AddName(record.Owner), record.TimeToLive, record.Type, record.Data.Span);
        }

        return builder.Freeze();
    }

    // The order of the records of an RRset means nothing (RFC 2181 §5).
    private static string Canonical(ZoneSnapshot zone)
    {
        var records = new List<DeltaRecord>();
        for (var node = 0; node < zone.NodeCount; node++)
        {
            for (var i = 0; i < zone.RRsetsOf(node).Length; i++)
            {
                Add(zone.NameOf(node), zone.FirstRRset(node) + i);
            }
        }

        for (var link = 0; link < (zone.Nsec3?.Count ?? 0); link++)
        {
            Add(zone.Nsec3!.OwnerOf(link, zone.Origin), zone.Nsec3.RRsetOf(link));
        }

        var builder = new ZoneBuilder(zone.Origin);
        foreach (var record in records.OrderBy(record => record.Owner).ThenBy(record => record.Type).ThenBy(record => Convert.ToHexString(record.Data.Span), StringComparer.Ordinal))
        {
            builder.AddRecord(builder.AddName(record.Owner), record.TimeToLive, record.Type, record.Data.Span);
        }

        // All that is derived from records has to be as it would be if they came just now.
        Assert.Equal(Shape(builder.Freeze()), Shape(zone));
        return SnapshotText.Of(builder.Freeze());

        void Add(DomainName owner, int rrset)
        {
            var set = zone.RRset(rrset);
            foreach (var data in new RRsetDataEnumerator(zone.DataOf(set)))
            {
                records.Add(new DeltaRecord(owner, set.Type, set.TimeToLive, data.ToArray()));
            }

            foreach (var data in new RRsetDataEnumerator(zone.SignaturesOf(rrset)))
            {
                records.Add(new DeltaRecord(owner, RecordType.RRSIG, set.TimeToLive, data.ToArray()));
            }
        }
    }

    private static string Shape(ZoneSnapshot zone) => string.Join('\n', Enumerable.Range(0, zone.NodeCount)
        .Select(node => $"{zone.NameOf(node)} {zone.Node(node).Parent} {zone.Node(node).Wildcard} {zone.Node(node).Flags} {zone.RRsetsOf(node).Length}"));

    private static DeltaRecord Txt(string owner, string text) => Of(owner, TxtData.FromText(System.Text.Encoding.ASCII.GetBytes(text)));

    private static DeltaRecord Of(string owner, RecordData data, uint timeToLive = 60) => new(DomainName.Parse(owner), data.RecordType, timeToLive, data.ToWire());
}
