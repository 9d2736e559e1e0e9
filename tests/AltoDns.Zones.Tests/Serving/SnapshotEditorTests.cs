// Edited zones: equal to zones built anew from the same content, however they came to be, and the zones before stay as they were.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.Serving;

public sealed class SnapshotEditorTests
{
    private static readonly Nsec3ParamData Parameters = new(1, 0, 0, []);

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_edited_zone_equals_one_built_anew(int seed)
    {
        // Each seed is a hundred zones, each edited several times over.
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var model = new ZoneModel(ZoneMaker.Origin);
            for (var names = random.Next(30); names > 0; names--)
            {
                Put(model, ZoneMaker.Name(random, model.Origin), ZoneModel.RandomRRsets(random));
            }

            var zone = model.Freeze();
            for (var version = 2u; version < 6; version++)
            {
                var before = zone;
                var textBefore = SnapshotText.Of(before);
                var editor = Editor(zone, random);
                Edit(model, editor, zone, version, random);
                zone = editor.Build();
                AssertEqual(model.Freeze(), zone, random);
                AssertDelta(before, zone);

                // The zone before is still what it was.
                Assert.Equal(textBefore, SnapshotText.Of(before));
            }
        }
    }

    [Fact]
    public void Two_versions_made_from_one_do_not_disturb_each_other()
    {
        var model = new ZoneModel(ZoneMaker.Origin);
        var zone = model.Freeze();
        var versions = Enumerable.Range(0, 5).Select(i =>
        {
            var editor = new SnapshotEditor(zone);
            editor.Set(Child(i), RRsetContent.Of(60, [new AData((uint)i)]));
            return editor.Build();
        }).ToList();
        Assert.All(versions.Index(), entry => Assert.Equal(new AData((uint)entry.Index), ZoneExporter.Records(entry.Item).Last().Data));
        Assert.Equal(2, ZoneDelta.Between(versions[1], versions[3]).ChangedNames.Count);
        Assert.Equal(1, zone.NodeCount);
    }

    [Fact]
    public void What_no_version_needs_is_given_back()
    {
        var zone = new ZoneModel(ZoneMaker.Origin).Freeze();
        for (var i = 0; i < 3_000; i++)
        {
            var editor = new SnapshotEditor(zone);
            editor.Set(Child(i % 7), RRsetContent.Of(60, [ZoneMaker.Data(RecordType.TXT, [.. BitConverter.GetBytes(i), .. new byte[500]])]));
            editor.Remove(Child((i + 3) % 7));
            zone = editor.Build();
        }

        Assert.InRange(zone.StoredOctets, 1, 400_000);
        Assert.Equal(6, zone.NodeCount);
    }

    [Fact]
    public void Many_new_names_get_an_index_with_room()
    {
        var model = new ZoneModel(ZoneMaker.Origin);
        var zone = model.Freeze();
        for (var step = 0; step < 20; step++)
        {
            var editor = new SnapshotEditor(zone);
            for (var i = 0; i < 50; i++)
            {
                var rrset = new ModelRRset(RecordType.A, 60, [new AData((uint)i)], []);
                Put(model, Child(step * 1000 + i), new() { [RecordType.A] = rrset });
                editor.Set(Child(step * 1000 + i), rrset.ToContent());
                Put(model, Child((step - 3) * 1000 + i), []);
                editor.Remove(Child((step - 3) * 1000 + i));
            }

            zone = editor.Build();
            AssertEqual(model.Freeze(), zone, new Random(step));
        }
    }

    [Fact]
    public void Refuses_names_outside_and_an_apex_without_SOA()
    {
        var zone = new ZoneModel(ZoneMaker.Origin).Freeze();
        Assert.Throws<ArgumentException>(() => new SnapshotEditor(zone).Remove(DomainName.Parse("other.")));
        Assert.Throws<ArgumentException>(() =>
        {
            var editor = new SnapshotEditor(zone);
            editor.Remove(zone.Origin);
            editor.Build();
        });
    }

    // Appends or copies, whatever the size of the zone.
    private static SnapshotEditor Editor(ZoneSnapshot zone, Random random) =>
        new(zone) { Limits = random.Next(4) == 0 ? EditLimits.Always with { LeastNames = int.MaxValue } : EditLimits.Always with { MostVersions = random.Next(2, 9) } };

    private static DomainName Child(int i) => DomainName.Parse($"n{i}.deep.example.");

    private static void Edit(ZoneModel model, SnapshotEditor editor, ZoneSnapshot zone, uint version, Random random)
    {
        for (var edits = random.Next(12); edits > 0; edits--)
        {
            // Half of the edits are of names that are there.
            var name = random.Next(2) == 0 ? ZoneMaker.Name(random, model.Origin) : zone.NameOf(zone.InOrder.ElementAt(random.Next(zone.NodeCount)));
            var rrsets = random.Next(3) == 0 ? [] : ZoneModel.RandomRRsets(random);
            if (name == model.Origin)
            {
                continue;
            }

            Put(model, name, rrsets);
            editor.Set(name, Content(rrsets, random));
        }

        EditKept(model, editor, zone, random);
        EditChain(model, editor, random);
        var apex = new SortedDictionary<RecordType, ModelRRset> { [RecordType.SOA] = ZoneModel.Soa(version) };
        if (model.Parameters is { } parameters)
        {
            apex.Add(RecordType.NSEC3PARAM, new ModelRRset(RecordType.NSEC3PARAM, 0, [parameters], []));
        }

        model.Names[model.Origin] = apex;
        editor.Set(model.Origin, Content(apex, random));
    }

    // A name keeps RRsets and gets one more.
    private static void EditKept(ZoneModel model, SnapshotEditor editor, ZoneSnapshot zone, Random random)
    {
        var node = zone.InOrder.ElementAt(random.Next(zone.NodeCount));
        var name = zone.NameOf(node);
        if (node == ZoneSnapshot.Apex || !model.Names.TryGetValue(name, out var rrsets) || zone.FindRRset(node, RecordType.NSEC) >= 0
            || rrsets.Count != zone.RRsetsOf(node).Length || rrsets.Values.Where((rrset, i) => !IsAt(zone, zone.FirstRRset(node) + i, rrset)).Any())
        {
            return;
        }

        var added = ZoneModel.RandomRRset(random, RecordType.NSEC);
        var kept = rrsets.Values.Select((rrset, i) => random.Next(2) == 0 || rrset.Signatures.Count == 0
            ? RRsetContent.Keep(zone, zone.FirstRRset(node) + i)
            : RRsetContent.Signed(zone, zone.FirstRRset(node) + i, RRsetContent.Run(rrset.Signatures))).ToList();
        editor.Set(name, [.. kept, added.ToContent()]);
        Put(model, name, new(rrsets) { [RecordType.NSEC] = added });
    }

    private static void EditChain(ZoneModel model, SnapshotEditor editor, Random random)
    {
        if (random.Next(4) == 0)
        {
            model.Parameters = model.Parameters is null || random.Next(2) == 0 ? Parameters : null;
            model.Links.Clear();
            editor.StartChain(model.Parameters);
        }

        for (var edits = model.Parameters is null ? 0 : random.Next(4); edits > 0; edits--)
        {
            var text = new string((char)('0' + random.Next(10)), 31) + (char)('0' + random.Next(2) * 8);
            var link = ZoneModel.RandomRRset(random, RecordType.NSEC3);
            if (random.Next(3) == 0)
            {
                model.Links.Remove(text);
                editor.RemoveLink(ZoneModel.HashOf(text));
            }
            else
            {
                model.Links[text] = link;
                editor.SetLink(ZoneModel.HashOf(text), link.ToContent());
            }
        }
    }

    private static bool IsAt(ZoneSnapshot zone, int rrset, ModelRRset model) =>
        zone.RRset(rrset).Type == model.Type
        && zone.RRset(rrset).TimeToLive == model.TimeToLive
        && zone.DataOf(zone.RRset(rrset)).SequenceEqual(RRsetContent.Run(model.Records))
        && zone.SignaturesOf(rrset).SequenceEqual(RRsetContent.Run(model.Signatures));

    private static RRsetContent[] Content(SortedDictionary<RecordType, ModelRRset> rrsets, Random random)
    {
        RRsetContent[] content = [.. rrsets.Values.Select(rrset => rrset.ToContent())];
        random.Shuffle(content);
        return content;
    }

    private static void Put(ZoneModel model, DomainName name, SortedDictionary<RecordType, ModelRRset> rrsets)
    {
        if (rrsets.Count == 0 && name != model.Origin)
        {
            model.Names.Remove(name);
        }
        else if (name != model.Origin)
        {
            model.Names[name] = rrsets;
        }
    }

    private static void AssertEqual(ZoneSnapshot expected, ZoneSnapshot actual, Random random)
    {
        Assert.Equal(SnapshotText.Of(expected), SnapshotText.Of(actual));
        Assert.Equal(expected.Serial, actual.Serial);
        var lookup = new LookupName();
        Assert.Equal(expected.NodeCount, actual.NodeCount);
        Assert.Equal(Transferred(expected), Transferred(actual));
        foreach (var node in actual.InOrder)
        {
            lookup.Set(actual.NameOf(node).Wire);
            Assert.Equal(node, actual.FindNode(lookup));
            Assert.Equal(node, actual.Current(node));
            Assert.Equal(actual.NameOf(node), actual.NameOf(actual.Current(actual.Identity(node))));
        }

        for (var i = 0; i < 20; i++)
        {
            lookup.Set(ZoneMaker.Name(random, expected.Origin).Wire);
            AssertSameLookup(expected, actual, lookup);
        }
    }

    private static List<string> Transferred(ZoneSnapshot zone)
    {
        var lines = new List<string>();
        for (var records = new ZoneRecords(zone); records.MoveNext();)
        {
            lines.Add($"{Convert.ToHexString(records.Current.Owner)} {records.Current.Type} {records.Current.TimeToLive} {Convert.ToHexString(records.Current.Data)}");
        }

        return lines;
    }

    private static void AssertSameLookup(ZoneSnapshot expected, ZoneSnapshot actual, LookupName lookup)
    {
        Assert.Equal(expected.NameOf(expected.FindDeepest(lookup)), actual.NameOf(actual.FindDeepest(lookup)));
        var (found, other) = (ZoneLookup.Find(expected, lookup, RecordType.TXT), ZoneLookup.Find(actual, lookup, RecordType.TXT));
        Assert.Equal(found with { RRset = 0, Node = 0 }, other with { RRset = 0, Node = 0 });
        Assert.Equal(expected.NameOf(found.Node), actual.NameOf(other.Node));
        Assert.Equal(found.RRset < 0, other.RRset < 0);
        if (found.RRset >= 0)
        {
            Assert.Equal(expected.DataOf(expected.RRset(found.RRset)), actual.DataOf(actual.RRset(other.RRset)));
        }

        if (found.Outcome == LookupOutcome.NameError)
        {
            var label = lookup.Label(expected.Node(found.Node).Depth + 1);
            var (left, right) = (NsecLookup.FindCovering(expected, found.Node, label), NsecLookup.FindCovering(actual, other.Node, label));
            Assert.Equal(expected.NameOf(left.Node), actual.NameOf(right.Node));
            Assert.Equal(left.RRset < 0, right.RRset < 0);
        }
    }

    private static void AssertDelta(ZoneSnapshot before, ZoneSnapshot after)
    {
        var delta = ZoneDelta.Between(before, after);
        var expected = Lines(before).Except(Lines(after), StringComparer.Ordinal).Order(StringComparer.Ordinal);
        Assert.Equal(expected, delta.Removed.Select(Line).Order(StringComparer.Ordinal));
        expected = Lines(after).Except(Lines(before), StringComparer.Ordinal).Order(StringComparer.Ordinal);
        Assert.Equal(expected, delta.Added.Select(Line).Order(StringComparer.Ordinal));
        Assert.Equal(delta.ChangedNames.Distinct().Order(), delta.ChangedNames);
        Assert.Equal(RecordType.SOA, delta.Removed[0].Type);
        Assert.Equal(RecordType.SOA, delta.Added[0].Type);
        var fromNames = ZoneDelta.Of(before, after, delta.ChangedNames.Reverse());
        Assert.Equal(delta.Removed.Select(Line), fromNames.Removed.Select(Line));
        Assert.Equal(delta.Added.Select(Line), fromNames.Added.Select(Line));
    }

    private static List<string> Lines(ZoneSnapshot zone) =>
        [.. ZoneExporter.Records(zone).Select(record => $"{record.Owner} {record.TimeToLive} {record.Data.RecordType} {Convert.ToHexString(record.Data.ToWire())}")];

    private static string Line(DeltaRecord record) => $"{record.Owner} {record.TimeToLive} {record.Type} {Convert.ToHexString(record.Data.Span)}";
}
