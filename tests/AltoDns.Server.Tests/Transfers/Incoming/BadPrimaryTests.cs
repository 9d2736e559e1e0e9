// Primaries that die, stall, lie or send garbage: nothing of it is served, and what was served before goes on.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Testing;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Transfers.Incoming;

public sealed class BadPrimaryTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 8)];

    [Fact]
    public async Task Connections_cut_at_every_tenth_message_only_delay()
    {
        var sent = 0;
        await using var primary = new ScriptedPrimary { RecordsPerMessage = 7 };
        primary.Tamper = (_, messages) => messages.Select(message => Interlocked.Increment(ref sent) % 10 == 0 ? null : message);
        primary.Publish(SecondarySetup.Version(1));
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        for (var serial = 2u; serial < 12; serial++)
        {
            primary.Publish(SecondarySetup.Version(serial));
            secondary.AdvanceTo(serial, Step);
        }
    }

    [Fact]
    public async Task A_primary_that_dies_in_a_transfer_leaves_the_version_before()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1));
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await secondary.Reaches(1);
        primary.Publish(SecondarySetup.Version(2));
        primary.Tamper = (type, messages) => type == RecordType.SOA ? [.. messages] : [.. messages.Take(2), null];
        await IsRefusedAsync(secondary, "closed the connection");
        primary.Tamper = null;
        secondary.AdvanceTo(2, Step);
    }

    [Fact]
    public async Task A_primary_that_stalls_is_given_up()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1));
        primary.Tamper = (type, messages) => type == RecordType.SOA ? [.. messages] : [.. messages.Take(2), []];
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await IsRefusedAsync(secondary, "did not send the next message within 30 s");
        primary.Tamper = null;
        secondary.AdvanceTo(1, Step);
    }

    [Fact]
    public async Task A_primary_that_lies_about_its_serial_is_not_believed()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(7));
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await secondary.Reaches(7);
        await Eventually.IsTrue(() => !secondary.Transfers.IsBusy, "the zone is on disk");

        // It announces serial 9 and sends 5.
        await using var liar = new ScriptedPrimary();
        liar.Publish(SecondarySetup.Version(5));
        primary.IsCutOff = true;
        liar.Tamper = (type, messages) => messages.Select(message =>
        {
            if (type == RecordType.SOA)
            {
                message[^17] = 9;
            }

            return message;
        });
        await using var deceived = new SecondarySetup(SecondarySetup.From(liar.Peer), secondary.Time, secondary.Folder);
        await IsRefusedAsync(deceived, "later");
        Assert.Equal(7u, deceived.Serial);
        Assert.Equal(SecondarySetup.Text(SecondarySetup.Version(7)), SecondarySetup.Text(deceived.Zones.Find(SecondarySetup.Origin)!.Snapshot));
    }

    [Fact]
    public async Task Changes_that_do_not_fit_lead_to_a_whole_transfer()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1));
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await secondary.Reaches(1);
        primary.Publish(SecondarySetup.Version(2));
        primary.Tamper = (type, messages) => type == RecordType.IXFR ? messages.SelectMany((message, i) => i == 1 ? new[] { message, message } : [message]) : messages;
        secondary.AdvanceTo(2, Step);
        Assert.Contains(secondary.Log.Entries, entry => entry.Id == 1552);
        Assert.Equal(2, primary.Asked.Count(asked => asked.Type == RecordType.AXFR));
    }

    [Fact]
    public async Task A_transfer_bomb_stops_at_its_limit()
    {
        await using var primary = new ScriptedPrimary();
        primary.Publish(SecondarySetup.Version(1, names: 250));
        var sent = 0L;
        primary.Tamper = (type, messages) => type == RecordType.SOA ? messages : Forever([.. messages]);
        var options = SecondarySetup.From(primary.Peer);
        await using var secondary = new SecondarySetup(options with { Secondaries = [options.Secondaries[0] with { MaxSize = 1 << 20 }] });
        await IsRefusedAsync(secondary, "larger than 1048576 octets");
        Assert.Null(secondary.Serial);
        Assert.InRange(Interlocked.Read(ref sent), 1 << 20, 16 << 20);

        IEnumerable<byte[]?> Forever(List<byte[]> messages)
        {
            for (var i = 0; ; i++)
            {
                // Never the last one, which ends the zone.
                var message = messages[i % (messages.Count - 1)];
                if (i < messages.Count - 1 || i % (messages.Count - 1) > 0)
                {
                    Interlocked.Add(ref sent, message.Length);
                    yield return message;
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Garbage_is_never_served(int seed)
    {
        var random = new Random(seed);
        await using var primary = new ScriptedPrimary { RecordsPerMessage = 7 };
        primary.Publish(SecondarySetup.Version(1));
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await secondary.Reaches(1);
        var good = SecondarySetup.Text(secondary.Zones.Find(SecondarySetup.Origin)!.Snapshot);

        // Octets that matter little, such as a letter of a name, may pass; the structure and the serial never do.
        primary.Publish(SecondarySetup.Version(2));
        primary.Tamper = (_, messages) => messages.SelectMany(message => (IEnumerable<byte[]?>)(random.Next(4) switch
        {
            0 => [message[..random.Next(message.Length)]],
            1 => [message, message],
            2 => [random.GetItems(Enumerable.Range(0, 256).Select(i => (byte)i).ToArray(), random.Next(1, 400))],
            _ => [],
        }));
        for (var round = 0; round < 40; round++)
        {
            secondary.Time.Advance(TimeSpan.FromMinutes(7));
            await Task.Yield();
            Assert.Equal(good, SecondarySetup.Text(secondary.Zones.Find(SecondarySetup.Origin)!.Snapshot));
        }

        primary.Tamper = null;
        secondary.AdvanceTo(2, Step);
    }

    [Fact]
    public async Task A_zone_with_errors_is_not_taken()
    {
        await using var primary = new ScriptedPrimary();
        var builder = new ZoneBuilder(SecondarySetup.Origin);
        builder.AddRecord(ZoneSnapshot.Apex, 60, new SoaData(DomainName.Root, DomainName.Root, 1, 60, 60, 600, 60));
        builder.AddRecord(ZoneSnapshot.Apex, 60, new NsData(DomainName.Root));
        var alias = builder.AddName(DomainName.Parse("1.2.0.192.in-addr.arpa."));
        builder.AddRecord(alias, 60, new CnameData(DomainName.Root));
        builder.AddRecord(alias, 60, new PtrData(DomainName.Root));
        primary.Publish(builder.Freeze());
        await using var secondary = new SecondarySetup(SecondarySetup.From(primary.Peer));
        await IsRefusedAsync(secondary, "has a CNAME record and PTR data beside it");
        Assert.Null(secondary.Serial);
    }

    // Waits for the log to say why, letting time pass.
    private static async Task IsRefusedAsync(SecondarySetup secondary, string reason)
    {
        secondary.AdvanceUntil(Step, () => secondary.Log.Entries.Any(entry => entry.Id is 1551 or 1552 && entry.Message.Contains(reason, StringComparison.Ordinal)));
        await Task.Yield();
    }
}
