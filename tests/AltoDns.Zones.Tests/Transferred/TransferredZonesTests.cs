// Transferred zones on disk: what was saved is there after a restart, whatever happened to the file.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Tests.Serving;
using AltoDns.Zones.Transferred;

namespace AltoDns.Zones.Tests.Transferred;

public sealed class TransferredZonesTests : IDisposable
{
    private static readonly DomainName Origin = DomainName.Parse("deep.example.");

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns").FullName;

    private string FilePath => Path.Combine(_folder, "transferred", "deep.example");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_zone_and_its_changes_are_there_after_a_restart()
    {
        var zones = Open();
        var zone = Version(1);
        zones.Put(zone, null);
        zones.Save(Origin);
        for (var serial = 2u; serial < 40; serial++)
        {
            zone = Apply(zones, zone, serial);
            zones.Save(Origin);
            var found = Open().Find(Origin);
            Assert.Equal(SnapshotText.Of(zone), SnapshotText.Of(found!.Snapshot));
        }

        zones.Refresh(Origin);
        zones.Save(Origin);
        Assert.Equal(zones.Find(Origin)!.Refreshed.ToUnixTimeMilliseconds(), Open().Find(Origin)!.Refreshed.ToUnixTimeMilliseconds());
        Assert.Equal(zones.Find(Origin)!.Changed.ToUnixTimeMilliseconds(), Open().Find(Origin)!.Changed.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void A_file_cut_anywhere_gives_an_earlier_version_or_is_put_aside()
    {
        var zones = Open();
        var zone = Version(1);
        zones.Put(zone, null);
        zones.Save(Origin);
        var whole = new FileInfo(FilePath).Length;
        zone = Apply(zones, zone, 2);
        zones.Save(Origin);
        var octets = File.ReadAllBytes(FilePath);
        for (var length = 0; length < octets.Length; length++)
        {
            File.WriteAllBytes(FilePath, octets[..length]);
            var damages = new List<DamagedFile>();
            var again = Open(damages);
            var found = again.Find(Origin);

            // Before its last entry the file has a refresh, which is no great loss.
            Assert.True(found is null ? length < whole : found.Snapshot.Serial == 1);
            Assert.True(found is not null || (damages.Count == 1 && damages[0].PutAside is { } aside && File.ReadAllBytes(aside).Length == length), $"cut at {length}");
            if (found is not null)
            {
                // What comes next is appended to what was left.
                Apply(again, found.Snapshot, 2);
                again.Save(Origin);
                Assert.Equal(2u, Open().Find(Origin)!.Snapshot.Serial);
            }
        }
    }

    [Fact]
    public void A_file_with_any_octet_changed_is_put_aside()
    {
        var zones = Open();
        var zone = Version(1);
        zones.Put(zone, null);
        zones.Save(Origin);
        Apply(zones, zone, 2);
        zones.Save(Origin);
        var octets = File.ReadAllBytes(FilePath);
        for (var i = 0; i < octets.Length; i++)
        {
            var damaged = octets.ToArray();
            damaged[i] ^= 0x41;
            File.WriteAllBytes(FilePath, damaged);
            var damages = new List<DamagedFile>();
            var found = Open(damages).Find(Origin);
            Assert.Single(damages);
            Assert.True(found is null || found.Snapshot.Serial is 1 or 2);
            Assert.Equal(found is null, damages[0].PutAside is not null);
        }
    }

    [Fact]
    public void What_cannot_be_written_is_served_and_written_later()
    {
        var zones = Open();
        zones.Put(Version(1), null);

        // A file is where the folder would be.
        File.WriteAllText(Path.Combine(_folder, "transferred"), "");
        Assert.ThrowsAny<IOException>(() => zones.Save(Origin));
        Assert.Equal(1u, zones.FindCurrent(Origin, out _)!.Snapshot.Serial);
        Apply(zones, zones.Find(Origin)!.Snapshot, 2);
        Assert.ThrowsAny<IOException>(() => zones.Save(Origin));
        File.Delete(Path.Combine(_folder, "transferred"));
        zones.Save(Origin);
        Assert.Equal(2u, Open().Find(Origin)!.Snapshot.Serial);
    }

    [Fact]
    public void A_zone_expires_by_its_SOA_record_also_across_a_restart()
    {
        var time = new FixedTime(DateTimeOffset.UnixEpoch.AddYears(60));
        var zones = new TransferredZones(_folder, time);
        Assert.Null(zones.FindCurrent(Origin, out var reason));
        Assert.Equal(Unavailability.NotTransferred, reason);
        zones.Put(Version(1), null);
        zones.Save(Origin);
        time.Now += TimeSpan.FromSeconds(1209600 - 1);
        Assert.NotNull(new TransferredZones(_folder, time).FindCurrent(Origin, out _));
        time.Now += TimeSpan.FromSeconds(1);
        Assert.Null(new TransferredZones(_folder, time).FindCurrent(Origin, out reason));
        Assert.Equal(Unavailability.Expired, reason);
        zones.Refresh(Origin);
        Assert.NotNull(zones.FindCurrent(Origin, out _));
    }

    private TransferredZones Open(List<DamagedFile>? damages = null) =>
        new(_folder, TimeProvider.System) { OnDamage = damage => damages?.Add(damage) };

    private static ZoneSnapshot Version(uint serial)
    {
        var model = new ZoneModel(Origin);
        model.Names[Origin] = new()
        {
            [RecordType.SOA] = ZoneModel.Soa(serial),
            [RecordType.NS] = new ModelRRset(RecordType.NS, 60, [new NsData(DomainName.Root)], []),
            [RecordType.NSEC3PARAM] = new ModelRRset(RecordType.NSEC3PARAM, 0, [new Nsec3ParamData(1, 0, 0, [])], []),
        };
        model.Names[DomainName.Parse("a.b.deep.example.")] = new() { [RecordType.TXT] = ZoneModel.RandomRRset(new Random(5), RecordType.TXT) };
        model.Links[new string('0', 32)] = ZoneModel.RandomRRset(new Random(7), RecordType.NSEC3);
        return model.Freeze();
    }

    // The next version has one name more.
    private static ZoneSnapshot Apply(TransferredZones zones, ZoneSnapshot zone, uint serial)
    {
        var change = new ZoneIncrement(
            serial - 1, serial, [Record(Origin, ZoneModel.Soa(serial - 1))], [Record(Origin, ZoneModel.Soa(serial)), new DeltaRecord(DomainName.Parse($"n{serial}.deep.example."), RecordType.A, 60, new AData(serial).ToWire())]);
        var next = ZoneIncrement.Apply(zone, [change], out var fault);
        Assert.Null(fault);
        zones.Put(next!, [change]);
        return next!;
    }

    private static DeltaRecord Record(DomainName owner, ModelRRset rrset) => new(owner, rrset.Type, rrset.TimeToLive, rrset.Records[0].ToWire());

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
