// edits: what a change of a few names costs in a zone of millions, and what a lookup costs beside.

using System.CommandLine;
using System.Diagnostics;
using AltoDns.Benchmarks.Editing;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Harness;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Benchmarks.Commands;

internal static class EditsCommand
{
    private const int Lookups = 1_000_000;

    private static readonly int[] BatchSizes = [1, 16, 256, 1000];

    public static Command Create()
    {
        var names = new Option<int>("--names") { Description = "Peer names of the zone.", HelpName = "N", DefaultValueFactory = _ => 5_000_000 };
        var edits = new Option<int>("--edits") { Description = "Edits for each size of batch.", HelpName = "N", DefaultValueFactory = _ => 400_000 };
        var json = CommonOptions.Json();
        var command = new Command("edits", "Measure additions, changes and removals of peer names in a large zone, in batches of several sizes.") { names, edits, json };
        command.SetAction(result => Run(result.GetValue(names), result.GetValue(edits), result.GetValue(json)));
        return command;
    }

    private static void Run(int names, int edits, bool asJson)
    {
        var peers = new PeerZone(names);
        var questions = Enumerable.Range(0, Lookups).Select(_ => peers.RandomName().Wire.ToArray()).ToArray();
        List<Row> rows = [Measure(peers, questions, "frozen", 0, [])];
        var serial = 1u;
        foreach (var size in BatchSizes)
        {
            var times = new List<double>();
            var processor = 0L;
            for (var done = 0; done < edits; done += size)
            {
                var (began, ran) = (Stopwatch.GetTimestamp(), ProcessorClock.ReadThread());
                peers.Zone.Edit(editor =>
                {
                    PeerZone.SetSerial(editor, ++serial);
                    for (var i = 0; i < size; i++)
                    {
                        peers.EditRandom(editor);
                    }
                });
                times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
                processor += ProcessorClock.ReadThread() - ran;
            }

            rows.Add(Measure(peers, questions, $"batches of {size}", size, times) with { PerEdit = processor / 1000.0 / (times.Count * size) });
        }

        Figures.Print(
            rows,
            asJson,
            ("edits", row => row.Name),
            ("CPU µs/edit", row => row.Size == 0 ? "" : $"{row.PerEdit:F1}"),
            ("batch median µs", row => row.Size == 0 ? "" : $"{row.Median:F0}"),
            ("p99 µs", row => row.Size == 0 ? "" : $"{row.Slow:F0}"),
            ("longest ms", row => row.Size == 0 ? "" : $"{row.Longest / 1000:F1}"),
            ("CPU ns/lookup", row => $"{row.Lookup:F0}"),
            ("names", row => $"{row.Names:N0}"),
            ("nodes appended", row => $"{row.Appended:N0}"),
            ("zone MB", row => $"{row.Megabytes:F0}"),
            ("VmRSS MB", row => $"{row.Resident:F0}"),
            ("VmHWM MB", row => $"{row.Peak:F0}"));
    }

    private static Row Measure(PeerZone peers, byte[][] questions, string name, int size, List<double> times)
    {
        // What stays when the collector has been.
        peers.Zone.Settle();
        GC.Collect();
        var zone = peers.Zone.Current;
        var lookup = new LookupName();
        var nanoseconds = Enumerable.Range(0, 5).Select(_ => Lookup(zone, lookup, questions)).Median();
        var usage = ProcessTree.Read(Environment.ProcessId);
        times.Sort();
        return new Row(
            name,
            size,
            0,
            size == 0 ? 0 : times[times.Count / 2],
            size == 0 ? 0 : times[times.Count * 99 / 100],
            size == 0 ? 0 : times[^1],
            nanoseconds,
            zone.NodeCount,
            zone.NodeEnd - zone.Parts.Nodes.First.Length,
            zone.StoredOctets.Megabytes(),
            usage.Resident.Megabytes(),
            usage.PeakResident.Megabytes());
    }

    private static double Lookup(ZoneSnapshot zone, LookupName lookup, byte[][] questions)
    {
        var octets = 0L;
        var began = ProcessorClock.ReadThread();
        foreach (var question in questions)
        {
            lookup.Set(question);
            var found = ZoneLookup.Find(zone, lookup, RecordType.NAPTR);
            octets += found.RRset < 0 ? 0 : zone.DataOf(zone.RRset(found.RRset))[^1] + 1;
        }

        var elapsed = ProcessorClock.ReadThread() - began;
        return octets == 0 ? throw new InvalidOperationException("No peer was found.") : (double)elapsed / questions.Length;
    }

    /// <summary>Microseconds but for the lookup.</summary>
    private sealed record Row(
        string Name, int Size, double PerEdit, double Median, double Slow, double Longest, double Lookup, int Names, int Appended, double Megabytes, double Resident, double Peak);
}
