// A zone that is edited while others read its versions: each version stays what it was, whatever is appended or frozen beside it.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.Serving;

public sealed class EditedZoneTests
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_version_stays_what_it_was_while_others_are_made(int seed)
    {
        var random = new Random(seed);
        var model = new ZoneModel(ZoneMaker.Origin);
        var zone = new EditedZone(model.Freeze()) { Limits = EditLimits.Always, LeastToFreeze = random.Next(5, 200) };
        var versions = new List<(ZoneSnapshot Version, string Text)> { (zone.Current, SnapshotText.Of(zone.Current)) };
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() => ReadUntilStopped(versions, stop.Token), TestContext.Current.CancellationToken);
        for (var version = 2u; version < 120; version++)
        {
            zone.Edit(editor =>
            {
                for (var edits = random.Next(1, 12); edits > 0; edits--)
                {
                    EditRandom(model, editor, random);
                }

                model.Names[model.Origin] = new() { [RecordType.SOA] = ZoneModel.Soa(version) };
                editor.Set(model.Origin, ZoneModel.Soa(version).ToContent());
            });
            var text = SnapshotText.Of(model.Freeze());
            Assert.Equal(text, SnapshotText.Of(zone.Current));
            lock (versions)
            {
                versions.Add((zone.Current, text));
            }
        }

        await stop.CancelAsync();
        Assert.True(await reader > 0);
        for (var i = 0; i < 50; i++)
        {
            var (before, after) = (versions[random.Next(versions.Count)].Version, versions[random.Next(versions.Count)].Version);
            AssertDelta(before, after);
        }
    }

    [Fact]
    public void Is_frozen_anew_and_loses_no_edit()
    {
        var zone = new EditedZone(new ZoneModel(ZoneMaker.Origin).Freeze()) { Limits = EditLimits.Always, LeastToFreeze = 50 };
        var frozen = 0;
        for (var i = 0; i < 4_000; i++)
        {
            zone.Edit(editor =>
            {
                editor.Set(Child(i), RRsetContent.Of(60, [new AData((uint)i)]));
                editor.Remove(Child(i - 100));
            });
            frozen = Math.Max(frozen, zone.Current.Parts.Nodes.First.Length);
            if (i % 500 == 0)
            {
                zone.Settle();
            }
        }

        // The apex, the name between, and the last hundred.
        Assert.Equal(102, zone.Current.NodeCount);
        Assert.Equal(Enumerable.Range(3_900, 100).Select(Child).Order(), zone.Current.InOrder.Skip(2).Select(zone.Current.NameOf));
        Assert.True(frozen > 50);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_version_that_is_not_accepted_was_never_made(int seed)
    {
        var random = new Random(seed);
        var model = new ZoneModel(ZoneMaker.Origin);
        var line = new EditedZone(new SnapshotEditor(model.Freeze()) { Limits = EditLimits.Always }.Build());
        for (var version = 2u; version < 100; version++)
        {
            var before = line.Begin();
            Assert.Equal(SnapshotText.Of(model.Freeze()), SnapshotText.Of(before));
            var isAccepted = random.Next(3) > 0;
            var edited = isAccepted ? model : Copy(model);
            var editor = new SnapshotEditor(before) { Limits = EditLimits.Always };
            for (var edits = random.Next(1, 12); edits > 0; edits--)
            {
                EditRandom(edited, editor, random);
            }

            edited.Names[model.Origin] = new() { [RecordType.SOA] = ZoneModel.Soa(version) };
            editor.Set(model.Origin, ZoneModel.Soa(version).ToContent());
            var next = editor.Build();
            line.Offer(next);
            if (isAccepted)
            {
                line.Accept(next);
                Assert.Same(next, line.Current);
            }
        }
    }

    [Fact]
    public void A_version_that_is_not_accepted_costs_no_walk_over_the_zone()
    {
        var line = new EditedZone(new ZoneModel(ZoneMaker.Origin).Freeze());
        var log = line.Current.Parts.Log;
        for (var i = 0; i < 10; i++)
        {
            var editor = new SnapshotEditor(line.Begin()) { Limits = EditLimits.Always };
            editor.Set(Child(i), RRsetContent.Of(60, [new AData((uint)i)]));
            line.Offer(editor.Build());
        }

        // Whoever edits a version that another was made of gets a log of its own.
        Assert.Same(log, line.Begin().Parts.Log);
        Assert.Equal(1, line.Current.NodeCount);
    }

    [Fact]
    public void Keeps_its_version_when_an_edit_is_refused()
    {
        var zone = new EditedZone(new ZoneModel(ZoneMaker.Origin).Freeze()) { Limits = EditLimits.Always };
        zone.Edit(editor => editor.Set(Child(1), RRsetContent.Of(60, [new AData(1)])));
        var before = zone.Current;
        Assert.Throws<ArgumentException>(() => zone.Edit(editor =>
        {
            editor.Set(Child(2), RRsetContent.Of(60, [new AData(2)]));
            editor.Remove(zone.Current.Origin);
        }));
        Assert.Same(before, zone.Current);
        zone.Edit(editor => editor.Set(Child(3), RRsetContent.Of(60, [new AData(3)])));
        Assert.Equal([Child(1), Child(3)], zone.Current.InOrder.Skip(2).Select(zone.Current.NameOf));
    }

    [Fact]
    public void Finds_names_of_one_hash_through_edits()
    {
        // Hashes of labels longer than eight octets are linear in their words, so these two make one.
        var (left, right) = HashTwins.Find();
        var zone = new ZoneModel(ZoneMaker.Origin).Freeze();
        (DomainName? Add, DomainName? Remove)[] steps = [(left, null), (right, null), (null, left), (left, right), (right, null), (null, left)];
        foreach (var (add, remove) in steps)
        {
            var editor = new SnapshotEditor(zone) { Limits = EditLimits.Always };
            if (add is { } added)
            {
                editor.Set(added, RRsetContent.Of(60, [new AData((uint)added.Wire[1])]));
            }

            if (remove is { } removed)
            {
                editor.Remove(removed);
            }

            zone = editor.Build();
            foreach (var name in new[] { left, right })
            {
                var node = zone.FindNode(ZoneMaker.Lookup(name));
                Assert.Equal(zone.InOrder.Select(zone.NameOf).Contains(name), node >= 0);
                Assert.True(node < 0 || zone.NameOf(node) == name);
            }
        }

        Assert.Equal([ZoneMaker.Origin, right], zone.InOrder.Select(zone.NameOf));
    }

    [Fact]
    public void Shares_records_that_many_names_have()
    {
        var zone = new EditedZone(new ZoneModel(ZoneMaker.Origin).Freeze()) { Limits = EditLimits.Always };
        for (var i = 0; i < 1_000; i++)
        {
            zone.Edit(editor => editor.Set(Child(i), RRsetContent.Of(60, [new AData((uint)(i % 3))])));
        }

        Assert.InRange(zone.Current.RRsetCount, 4, 10);
        Assert.Equal(1_000, zone.Current.InOrder.Count(node => zone.Current.FindRRset(node, RecordType.A) >= 0));
    }

    private static DomainName Child(int i) => DomainName.Parse($"n{i}.deep.example.");

    private static ZoneModel Copy(ZoneModel model)
    {
        var copy = new ZoneModel(model.Origin);
        foreach (var (name, rrsets) in model.Names)
        {
            copy.Names[name] = rrsets;
        }

        return copy;
    }

    private static void EditRandom(ZoneModel model, SnapshotEditor editor, Random random)
    {
        var name = random.Next(2) == 0 || model.Names.Count < 5
            ? ZoneMaker.Name(random, model.Origin)
            : model.Names.Keys.ElementAt(random.Next(model.Names.Count));
        if (name == model.Origin)
        {
            return;
        }

        var rrsets = random.Next(3) == 0 ? [] : ZoneModel.RandomRRsets(random);
        if (rrsets.Count == 0)
        {
            model.Names.Remove(name);
        }
        else
        {
            model.Names[name] = rrsets;
        }

        editor.Set(name, [.. rrsets.Values.Select(rrset => rrset.ToContent())]);
    }

    // Reads versions at random, the newest more often than others.
    private static int ReadUntilStopped(List<(ZoneSnapshot Version, string Text)> versions, CancellationToken stop)
    {
        var random = new Random(1);
        var read = 0;
        while (!stop.IsCancellationRequested || read == 0)
        {
            (ZoneSnapshot Version, string Text) chosen;
            lock (versions)
            {
                chosen = versions[random.Next(2) == 0 ? versions.Count - 1 : random.Next(versions.Count)];
            }

            Assert.Equal(chosen.Text, SnapshotText.Of(chosen.Version));
            var lookup = new LookupName();
            foreach (var node in chosen.Version.InOrder)
            {
                lookup.Set(chosen.Version.NameOf(node).Wire);
                Assert.Equal(node, chosen.Version.FindNode(lookup));
            }

            read++;
        }

        return read;
    }

    private static void AssertDelta(ZoneSnapshot before, ZoneSnapshot after)
    {
        var delta = ZoneDelta.Between(before, after);
        var (left, right) = (Lines(before), Lines(after));
        Assert.Equal(left.Except(right).Order(), delta.Removed.Select(Line).Order());
        Assert.Equal(right.Except(left).Order(), delta.Added.Select(Line).Order());
    }

    private static HashSet<(DomainName, RecordType, uint, string)> Lines(ZoneSnapshot zone) =>
        [.. ZoneExporter.Records(zone).Select(record => (record.Owner, record.Data.RecordType, record.TimeToLive, Convert.ToHexString(record.Data.ToWire())))];

    private static (DomainName, RecordType, uint, string) Line(DeltaRecord record) =>
        (record.Owner, record.Type, record.TimeToLive, Convert.ToHexString(record.Data.Span));
}
