// A secondary inside the test: its clock, its state folder, and what it would serve.

using System.Diagnostics;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Server.Tests.Support;
using AltoDns.Server.Transfers;
using AltoDns.Server.Transfers.Incoming;
using AltoDns.Testing;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Transferred;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Server.Tests.Transfers.Incoming;

internal sealed class SecondarySetup : IAsyncDisposable
{
    public const int Refresh = 3600;
    public const int Expire = 86400;

    public static readonly DomainName Origin = DomainName.Parse("2.0.192.in-addr.arpa.");

    // Longer than any answer over loopback takes.
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(200);

    // What a timer that has fired needs to have its work begun: a zone must not expire in between.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly bool _ownsFolder;
    private int _reloads;

    public SecondarySetup(TransferOptions options, ManualTime? time = null, string? folder = null)
    {
        Time = time ?? new ManualTime();
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("altodns").FullName;
        Zones = new TransferredZones(Folder, Time);
        Transfers = new IncomingTransfers(new TransferOptionsStore(options), Zones, Time, Log, new TransferLimits(), new Random(1));
        Transfers.SetBases([]);
        Transfers.Start(_ =>
        {
            Interlocked.Increment(ref _reloads);
            return Task.CompletedTask;
        });
    }

    public ManualTime Time { get; }

    public string Folder { get; }

    public TransferredZones Zones { get; }

    public IncomingTransfers Transfers { get; }

    public LogRecorder<IncomingTransfers> Log { get; } = new();

    public int Reloads => Volatile.Read(ref _reloads);

    /// <summary>The serial that would be answered; null for none.</summary>
    public uint? Serial => Zones.FindCurrent(Origin, out _)?.Snapshot.Serial;

    public static TransferOptions From(params Peer[] primaries) => new() { Secondaries = [new SecondaryZone(Origin, primaries, AccessList.Nobody)] };

    public static TransferOptions From(TsigKey key, params Peer[] primaries) => From(primaries) with { Keys = new Dictionary<DomainName, TsigKey> { [key.Name] = key } };

    /// <summary>A version of a zone: its records differ from those of other serials in some places.</summary>
    public static ZoneSnapshot Version(uint serial, DomainName? origin = null, int names = 40, uint expire = Expire)
    {
        var apex = origin ?? Origin;
        var builder = new ZoneBuilder(apex);
        builder.AddRecord(ZoneSnapshot.Apex, 300, new SoaData(DomainName.Parse("ns.example."), DomainName.Root, serial, Refresh, 600, expire, 60));
        builder.AddRecord(ZoneSnapshot.Apex, 300, new NsData(DomainName.Parse("ns.example.")));
        for (var i = 0; i < names; i++)
        {
            Assert.True(apex.TryPrepend(System.Text.Encoding.ASCII.GetBytes($"{i}"), out var owner));
            builder.AddRecord(builder.AddName(owner), 300, new PtrData(DomainName.Parse($"host{(i % 7 == serial % 7 ? serial : 0)}.example.")));
        }

        return builder.Freeze();
    }

    /// <summary>All records, to compare versions by.</summary>
    public static string Text(ZoneSnapshot zone) => string.Join('\n', ZoneExporter.Records(zone).Select(record => $"{record.Owner} {record.TimeToLive} {record.Data.RecordType} {record.Data}"));

    public Task Reaches(uint serial) => Eventually.IsTrue(() => Serial == serial, $"the zone comes to serial {serial}; the log has {string.Join("; ", Log.Entries.Select(entry => entry.Message).TakeLast(5))}");

    /// <summary>Lets time pass until the zone has a serial; what is served on the way is a whole version every time.</summary>
    public void AdvanceTo(uint serial, TimeSpan step) => AdvanceUntil(step, () =>
    {
        if (Zones.Find(Origin)?.Snapshot is { } zone)
        {
            Assert.Equal(Text(Version(zone.Serial)), Text(zone));
        }

        return Serial == serial;
    });

    /// <summary>Lets time pass while nothing is under way, or what is under way has stalled.</summary>
    public void AdvanceUntil(TimeSpan step, Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        Time.AdvanceUntil(TimeSpan.Zero, () =>
        {
            if (clock.Elapsed > (Transfers.IsBusy ? Stall : Pause))
            {
                Time.Advance(step);
                clock.Restart();
            }

            return condition();
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Transfers.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
