// The rows of the table of metrics that are about the program as the system sees it.

using System.Diagnostics;
using System.Globalization;
using static AltoDns.Web.Metrics.MetricTable;

namespace AltoDns.Web.Metrics;

internal static class ProcessMetrics
{
    public static IReadOnlyList<Metric> All { get; } =
    [
        Gauge("altodns_build_info", "", "1, with the program's version.", ["version"], reading => [new(1, [reading.Status.Version])]),
        Gauge("process_start_time_seconds", "seconds", "When the server started, in seconds since 1970.", [], Single(reading => reading.Status.Started.ToUnixTimeSeconds())),
        Counter("process_cpu_seconds_total", "seconds", "Processor time in user and system mode.", [], Single(_ => OfProcess(process => process.TotalProcessorTime.TotalSeconds))),
        Gauge("process_resident_memory_bytes", "bytes", "Memory in use.", [], Single(_ => Environment.WorkingSet)),
        Gauge("process_threads", "", "Threads.", [], Single(_ => OfProcess(process => process.Threads.Count))),
        Gauge("process_open_fds", "", "Open file descriptors; on Linux.", [], Single(_ => Directory.Exists(Descriptors) ? Directory.EnumerateFileSystemEntries(Descriptors).Count() : null)),
        Counter("altodns_gc_collections_total", "", "Garbage collections, by generation.", ["generation"], _ =>
            Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation => new Sample(GC.CollectionCount(generation), [generation.ToString(CultureInfo.InvariantCulture)]))),
        Counter("altodns_gc_pause_seconds_total", "seconds", "Time that all threads were stopped for garbage collection.", [], Single(_ => GC.GetTotalPauseDuration().TotalSeconds)),
        Counter("altodns_gc_allocated_bytes_total", "bytes", "Memory allocated.", [], Single(_ => GC.GetTotalAllocatedBytes())),
        Gauge("altodns_gc_heap_bytes", "bytes", "Memory of the garbage collector's heap after its last collection.", [], Single(_ => GC.GetGCMemoryInfo().HeapSizeBytes)),
    ];

    private const string Descriptors = "/proc/self/fd";

    private static double OfProcess(Func<Process, double> read)
    {
        using var process = Process.GetCurrentProcess();
        return read(process);
    }
}
