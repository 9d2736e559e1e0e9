// A secondary and its primaries: what it takes, when it asks, and what it goes on serving when they fail.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Server.Tests.Support;
using AltoDns.Server.Transfers;
using AltoDns.Testing;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Transfers.Incoming;

public sealed class IncomingTransferTests
{
    private static readonly TsigKey Key = new(DomainName.Parse("transfer."), TsigAlgorithm.HmacSha256, "0123456789abcdef0123456789abcdef"u8.ToArray());

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_zone_comes_is_refreshed_by_its_times_and_changes_come_as_changes()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1));
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await secondary.Reaches(1);
        Assert.Equal([RecordType.SOA, RecordType.AXFR], primary.Asked.Select(asked => asked.Type));
        for (var serial = 2u; serial < 20; serial++)
        {
            primary.Publish(SecondarySetup.Version(serial));
            var before = secondary.Time.GetUtcNow();
            secondary.AdvanceTo(serial, Step);
            Assert.InRange((secondary.Time.GetUtcNow() - before).TotalSeconds, 0, SecondarySetup.Refresh * 2);
        }

        Assert.Equal(1, secondary.Transfers.Tally.Whole);
        Assert.Equal(18, secondary.Transfers.Tally.Increments);
        Assert.Equal(1, primary.Asked.Count(asked => asked.Type == RecordType.AXFR));
        await Eventually.IsTrue(() => secondary.Reloads > 0, "what came is published");
    }

    [Fact]
    public async Task A_NOTIFY_brings_the_next_version_at_once()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1));
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await secondary.Reaches(1);
        for (var serial = 2u; serial < 30; serial++)
        {
            primary.Publish(SecondarySetup.Version(serial));
            secondary.Transfers.Notify(SecondarySetup.Origin, primary.Endpoint.Address, serial);
            await secondary.Reaches(serial);
        }
    }

    [Fact]
    public async Task A_zone_is_there_at_once_after_a_restart_and_goes_on_from_its_serial()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1));
        await using var first = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await first.Reaches(1);
        await Eventually.IsTrue(() => !first.Transfers.IsBusy, "the zone is on disk");
        await first.Transfers.DisposeAsync();
        primary.IsCutOff = true;
        await using var second = new SecondarySetup(SecondarySetup.From(primary.Peer), first.Time, first.Folder);
        Assert.Equal(1u, second.Serial);
        primary.Publish(SecondarySetup.Version(2));
        primary.IsCutOff = false;
        second.AdvanceTo(2, Step);
        Assert.Equal(RecordType.IXFR, primary.Asked.Last().Type);
    }

    [Fact]
    public async Task A_zone_expires_when_no_primary_is_reached_and_comes_back_with_one()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1));
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await secondary.Reaches(1);
        primary.IsCutOff = true;
        var before = secondary.Time.GetUtcNow();
        secondary.AdvanceUntil(TimeSpan.FromMinutes(5), () => secondary.Serial is null);
        Assert.InRange((secondary.Time.GetUtcNow() - before).TotalSeconds, SecondarySetup.Expire - 1, SecondarySetup.Expire + SecondarySetup.Refresh + 600);
        Assert.Null(secondary.Zones.FindCurrent(SecondarySetup.Origin, out var reason));
        Assert.Equal(Unavailability.Expired, reason);
        await Eventually.IsTrue(() => secondary.Log.Entries.Any(entry => entry.Id == 1553), "the log says so");

        // Even the same version is good again once a primary has it.
        primary.IsCutOff = false;
        secondary.AdvanceTo(1, Step);
    }

    [Fact]
    public async Task A_partition_of_an_hour_loses_nothing()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1));
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await secondary.Reaches(1);
        primary.IsCutOff = true;
        for (var serial = 2u; serial < 62; serial++)
        {
            primary.Publish(SecondarySetup.Version(serial));
            secondary.Time.Advance(TimeSpan.FromMinutes(1));
            secondary.Transfers.Notify(SecondarySetup.Origin, primary.Endpoint.Address, serial);
            Assert.Equal(1u, secondary.Serial);
        }

        primary.IsCutOff = false;
        secondary.AdvanceTo(61, Step);
    }

    [Fact]
    public async Task The_newest_of_several_primaries_wins_and_the_next_stands_in_for_one_that_fails()
    {
        await using var old = new ScriptedPrimary();
        await using var newest = new ScriptedPrimary();
        await using var middle = new ScriptedPrimary();
        old.Publish(SecondarySetup.Version(1));
        newest.Publish(SecondarySetup.Version(3));
        middle.Publish(SecondarySetup.Version(2));
        newest.Tamper = (type, messages) => type == RecordType.SOA ? [.. messages] : [null];
        await using var secondary = new SecondarySetup(SecondarySetup.From(old.Peer, newest.Peer, middle.Peer));
        await secondary.Reaches(2);
        newest.Tamper = null;
        secondary.AdvanceTo(3, Step);
        Assert.DoesNotContain(old.Asked, asked => asked.Type != RecordType.SOA);
    }

    [Fact]
    public async Task A_thousand_zones_come_at_once_and_no_more_than_allowed_at_a_time()
    {
        await using var primary = new ScriptedPrimary();
        var origins = Enumerable.Range(0, 1000).Select(i => DomainName.Parse($"{i % 250}.{i / 250}.10.in-addr.arpa.")).ToList();
        origins.ForEach(origin => primary.Publish(SecondarySetup.Version(1, origin, names: 3)));
        await using var secondary = new SecondarySetup(new TransferOptions
        {
            Secondaries = [.. origins.Select(origin => new SecondaryZone(origin, [primary.Peer], AccessList.Nobody))],
            MaxIncoming = 8,
        });
        await Eventually.IsTrue(() => origins.TrueForAll(origin => secondary.Zones.FindCurrent(origin, out _) is not null), "all zones come");
        Assert.InRange(primary.MostRunning, 1, 8);

        // Loads are shared: far fewer than zones.
        Assert.InRange(secondary.Reloads, 1, 700);
    }

    [Fact]
    public async Task Only_answers_signed_with_the_key_are_taken()
    {
        var time = new ManualTime();
        ulong Clock() => (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        await using var primary = new ScriptedPrimary { Key = Key, Clock = Clock };
        primary.Publish(SecondarySetup.Version(1));
        await using var secondary = new SecondarySetup(SecondarySetup.From(Key, primary.Peer), time);
        await secondary.Reaches(1);

        await using var unsigned = new ScriptedPrimary();
        unsigned.Publish(SecondarySetup.Version(5));
        await using var other = new ScriptedPrimary { Key = Key with { Secret = "another secret of the same length"u8.ToArray() }, Clock = Clock };
        other.Publish(SecondarySetup.Version(5));
        foreach (var bad in (ScriptedPrimary[])[unsigned, other])
        {
            await using var second = new SecondarySetup(SecondarySetup.From(Key, new Peer(bad.Endpoint, Key.Name)), time);
            await Eventually.IsTrue(() => second.Log.Entries.Any(entry => entry.Id == 1551), "the answer is refused");
            Assert.Null(second.Serial);
        }

        await using var keyless = new SecondarySetup(SecondarySetup.From(new Peer(primary.Endpoint, DomainName.Parse("missing."))), time);
        await Eventually.IsTrue(() => keyless.Log.Entries.Any(entry => entry.Message.Contains("there is no TSIG key missing.", StringComparison.Ordinal)), "the missing key is told");
    }

    [Fact]
    public async Task What_cannot_be_kept_on_disk_is_served_and_kept_later()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1));
        var folder = Directory.CreateTempSubdirectory("altodns").FullName;
        var blocked = Path.Combine(folder, "transferred");
        await File.WriteAllTextAsync(blocked, "", TestContext.Current.CancellationToken);
        await using (var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer), folder: folder))
        {
            await secondary.Reaches(1);
            await Eventually.IsTrue(() => secondary.Log.Entries.Any(entry => entry.Id == 1554), "the log says so");
            File.Delete(blocked);
            secondary.AdvanceUntil(Step, () => File.Exists(Path.Combine(blocked, "2.0.192.in-addr.arpa")));
        }

        Directory.Delete(folder, recursive: true);
    }
}
