// Signed zones that are amended again and again, some amendments being refused when they are to be kept.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Reloading;
using AltoDns.Server.Signing;
using AltoDns.Server.Tests.Support;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AltoDns.Server.Tests.Updates;

public sealed class AmendedZoneTests : IDisposable, IZoneChangeObserver
{
    // Enough that edits are appended, and not so few links that they are in one page.
    private const int Names = 1_500;

    private static readonly DomainName Origin = DomainName.Parse("100.51.198.in-addr.arpa.");

    // Other tests send SIGHUP to the process that all are in.
    private static readonly ZoneLoadResult NoLoad = new(null, [new Problem(Severity.Error, new SourcePosition("test", 0, 0), "There is one load.", "None.")], []);

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-amended-").FullName;
    private readonly ManualTime _time = new();
    private readonly List<ZoneChange> _changes = [];
    private ZoneSnapshot? _next;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(DenialMethod.Nsec)]
    [InlineData(DenialMethod.Nsec3)]
    [InlineData(null)]
    public async Task Serves_what_was_kept_and_nothing_that_was_not(DenialMethod? denial)
    {
        var random = new Random(1);
        var (present, line) = MakeZone();
        var store = new ZoneStore(ZoneSet.Empty);
        var keys = new KeyStore(Path.Combine(_folder, "state"));
        using var keeper = new KeyKeeper(keys, new ParentMonitor(_time, Path.Combine(_folder, "no-resolvers")), _time, new LogRecorder<KeyKeeper>());
        var publisher = new ZonePublisher(store, [this], NullLogger<ZonePublisher>.Instance);
        var loaded = new ZoneLoadResult(new ZoneSet([line.Current]), [], []);
        await using var reloader = new ZoneReloader(
            store,
            () => store.Current != ZoneSet.Empty ? NoLoad
                : denial is { } method ? loaded with { Signing = new Dictionary<DomainName, DnssecPolicy> { [Origin] = new() { Denial = method } } }
                : loaded,
            new ReloadingOptions { WatchFiles = false },
            _time,
            new LogRecorder<ZoneReloader>(),
            new ZoneSigningStage(keeper, keys, _time, new LogRecorder<ZoneSigningStage>()),
            publisher);
        await reloader.StartAsync(TestContext.Current.CancellationToken);
        for (var serial = 2u; serial < 30; serial++)
        {
            var served = store.Current;
            var isKept = random.Next(3) > 0;
            var wanted = isKept ? present : [.. present];
            void Amend() => reloader.Amend(current => Edit(current, line, wanted, random, serial), () => Keep(isKept, line));
            if (isKept)
            {
                Amend();
            }
            else
            {
                Assert.Throws<IOException>(Amend);
                Assert.Same(served, store.Current);
            }

            Assert.Equal(present, PeersOf(store.Current.Zones[0]));
        }

        Assert.True(denial is null || ZoneVerifier.Verify(store.Current.Zones[0], _time.GetUtcNow()) is { IsValid: true });
        await publisher.Told;
        Assert.All(_changes.Skip(1), AssertNamesTellAll);
    }

    void IZoneChangeObserver.Published(IReadOnlyList<ZoneChange> changes) => _changes.AddRange(changes);

    private static (SortedSet<int> Present, EditedZone Line) MakeZone()
    {
        var builder = new ZoneBuilder(Origin);
        builder.AddRecord(0, 3600, Soa(1));
        builder.AddRecord(0, 3600, new NsData(DomainName.Parse("ns1.example.")));
        for (var peer = 0; peer < Names; peer++)
        {
            builder.AddRecord(builder.AddName(NameOf(peer)), 60, TxtData.FromText([(byte)'x']));
        }

        return ([.. Enumerable.Range(0, Names)], new EditedZone(builder.Freeze()));
    }

    private ZoneLoadResult Edit(ZoneLoadResult current, EditedZone line, SortedSet<int> present, Random random, uint serial)
    {
        var before = current.Zones!.Zones[0];
        var editor = new SnapshotEditor(line.Begin());
        var names = new List<DomainName> { Origin };
        for (var edits = random.Next(1, 8); edits > 0; edits--)
        {
            var peer = random.Next(Names * 2);
            names.Add(NameOf(peer));
            if (present.Remove(peer))
            {
                editor.Remove(NameOf(peer));
            }
            else
            {
                present.Add(peer);
                editor.Set(NameOf(peer), RRsetContent.Of(60, [TxtData.FromText([(byte)'x'])]));
            }
        }

        editor.Set(Origin, RRsetContent.Of(3600, [Soa(serial)]), RRsetContent.Of(3600, [new NsData(DomainName.Parse("ns1.example."))]));
        var next = _next = editor.Build();
        line.Offer(next);
        return current with
        {
            Zones = current.Zones.With([next]),
            Changes = new Dictionary<DomainName, KnownChange> { [Origin] = new(before, names) },
        };
    }

    private void Keep(bool isKept, EditedZone line)
    {
        if (!isKept)
        {
            throw new IOException("The disk is full.");
        }

        line.Accept(_next!);
    }

    private static void AssertNamesTellAll(ZoneChange change)
    {
        var delta = ZoneDelta.Of(change.Before!, change.After!, change.Names!);
        var records = RecordsOf(change.Before!);
        records.ExceptWith(delta.Removed.Select(TextOf));
        records.UnionWith(delta.Added.Select(TextOf));
        Assert.Equal(RecordsOf(change.After!), records);
    }

    private static SortedSet<string> RecordsOf(ZoneSnapshot zone)
    {
        var texts = new SortedSet<string>(StringComparer.Ordinal);
        var records = new ZoneRecords(zone);
        while (records.MoveNext())
        {
            var record = records.Current;
            DomainName.TryFromWire(record.Owner, out var owner);
            texts.Add(TextOf(new DeltaRecord(owner, record.Type, record.TimeToLive, record.Data.ToArray())));
        }

        return texts;
    }

    private static string TextOf(DeltaRecord record) => $"{record.Owner} {record.TimeToLive} {record.Type} {Convert.ToHexString(record.Data.Span)}".ToLowerInvariant();

    private static SortedSet<int> PeersOf(ZoneSnapshot zone) =>
        [.. Enumerable.Range(0, Names * 2).Where(peer =>
        {
            var lookup = new LookupName();
            lookup.Set(NameOf(peer).Wire);
            return zone.FindNode(lookup) >= 0;
        })];

    private static DomainName NameOf(int peer) => DomainName.Parse($"p{peer}._peer.{peer % 7}.{Origin}");

    private static SoaData Soa(uint serial) => new(DomainName.Parse("ns1.example."), DomainName.Parse("host.example."), serial, 7200, 900, 1209600, 600);
}
