// signed-change: how long one changed assignment of a large signed zone takes, from the policy's file to what is published.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Signing;
using AltoDns.Harness;
using AltoDns.Server.Reloading;
using AltoDns.Server.Signing;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace AltoDns.Benchmarks.Commands;

internal static class SignedChangeCommand
{
    private const int NamesOfPrefix = 256;

    public static Command Create()
    {
        var names = new Option<int>("--names") { Description = "PTR records of the zone, each at a name of its own; at most 16,777,216.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var changes = new Option<int>("--changes") { Description = "Changes, one after another.", HelpName = "N", DefaultValueFactory = _ => 11 };
        var json = CommonOptions.Json();
        var command = new Command("signed-change", "Change one assignment, a /24, in the policy of a signed zone of PTR records, and measure each step as serve takes it: load, sign, verify, publish.")
        {
            names, changes, json,
        };
        command.SetAction(result => Run(result.GetValue(names), result.GetValue(changes), result.GetValue(json)));
        return command;
    }

    private static void Run(int names, int changes, bool asJson)
    {
        using var folder = new TemporaryFolder();
        var zone = Path.Combine(folder.Path, "10.zone");
        PtrZone.Write(zone, names);

        // A file that was written this very moment is read once more at the next load.
        File.SetLastWriteTimeUtc(zone, DateTime.UtcNow.AddHours(-1));
        var path = new Publication(folder, WritePolicy(folder, names, change: 0));
        Figures.Note($"signed and verified at first: {path.Run()}");
        var rows = Enumerable.Range(1, changes).Select(change =>
        {
            WritePolicy(folder, names, change);
            var row = path.Run();
            Figures.Note($"change {change}: {row}");
            return row;
        }).ToList();
        Figures.Print(
            new[] { new Row("median", rows.Select(row => row.Load).Median(), rows.Select(row => row.Sign).Median(), rows.Select(row => row.Publish).Median(), rows.Select(row => row.Processor).Median()), rows.MaxBy(row => row.Whole)! with { What = "slowest" } },
            asJson,
            ("change", row => row.What),
            ("read and compile ms", row => Milliseconds(row.Load)),
            ("sign and verify ms", row => Milliseconds(row.Sign)),
            ("publish ms", row => Milliseconds(row.Publish)),
            ("whole ms", row => Milliseconds(row.Whole)),
            ("CPU ms", row => Milliseconds(row.Processor)));
    }

    private static string Milliseconds(double value) => value.ToString("N1", CultureInfo.InvariantCulture);

    // An assignment for each /24; one of them has another server with each change.
    private static string WritePolicy(TemporaryFolder folder, int names, int change)
    {
        var text = new StringBuilder("""
            zones: [10.0.0.0/8]
            soa: { primary: ns1.example., contact: hostmaster@example }
            nameservers: [ns1.example.]
            base: 10.zone
            alto-servers:

            """);
        for (var server = 0; server <= change; server++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  s{server}: {{ uri: https://alto{server}.example/ird }}\n");
        }

        text.Append("assignments:\n");
        for (var prefix = 0; prefix < Math.Max(1, names / NamesOfPrefix); prefix++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  10.{prefix >> 8}.{prefix & 255}.0/24: s{(prefix <= change ? prefix : 0)}\n");
        }

        text.Append("dnssec: on\n");
        return folder.Write("policy.yaml", text.ToString());
    }

    /// <summary>What serve does with a file that changed, without the watching of files.</summary>
    private sealed class Publication(TemporaryFolder folder, string policy)
    {
        private readonly ZoneStore _store = new(ZoneSet.Empty);
        private readonly ZoneSigningStage _stage = MakeStage(new KeyStore(folder.MakeFolder("state")));
        private LoadedZones? _last;

        public Row Run()
        {
            var used = Usage.Start();
            var began = Stopwatch.GetTimestamp();
            var loaded = ZoneLoader.Load(new ZoneSources { Policies = [policy] }, _last);
            _last = loaded with { Policies = [] };
            var afterLoad = Stopwatch.GetTimestamp();
            var signed = _stage.Sign(new ZoneLoadResult(loaded.Zones, loaded.Problems, loaded.Files) { Signing = loaded.Signing });
            var afterSign = Stopwatch.GetTimestamp();
            _store.Publish(signed.Zones ?? throw new InvalidOperationException(string.Join('\n', signed.Problems)));
            _stage.Published();
            var end = Stopwatch.GetTimestamp();
            return new Row(
                "",
                Stopwatch.GetElapsedTime(began, afterLoad).TotalMilliseconds,
                Stopwatch.GetElapsedTime(afterLoad, afterSign).TotalMilliseconds,
                Stopwatch.GetElapsedTime(afterSign, end).TotalMilliseconds,
                used.Stop().Processor.TotalMilliseconds);
        }

        private static ZoneSigningStage MakeStage(KeyStore keys)
        {
            var keeper = new KeyKeeper(keys, new ParentMonitor(TimeProvider.System), TimeProvider.System, NullLogger<KeyKeeper>.Instance);
            return new ZoneSigningStage(keeper, keys, TimeProvider.System, NullLogger<ZoneSigningStage>.Instance);
        }
    }

    private sealed record Row(string What, double Load, double Sign, double Publish, double Processor)
    {
        public double Whole => Load + Sign + Publish;
    }
}
