// How much of the machine others used while something was measured.

using System.Diagnostics;
using System.Globalization;

namespace AltoDns.Benchmarks.Measuring;

/// <summary>
/// Starts to measure when it is made. The system counts whole ticks of 10 ms, so a time well below a second says little.
/// </summary>
internal sealed class ForeignUse
{
    private const double SecondsPerTick = 0.01;

    private readonly ProcessorClock _own = ProcessorClock.OfTree(Environment.ProcessId);
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly double _busyBefore = BusySeconds(File.ReadAllText("/proc/stat"));
    private readonly long _ownBefore;

    public ForeignUse() => _ownBefore = _own.Read();

    /// <summary>The processor time that neither this process nor its descendants used, as a share of one processor; that taken by other machines counts.</summary>
    public double Share()
    {
        var busy = BusySeconds(File.ReadAllText("/proc/stat")) - _busyBefore;
        var own = (_own.Read() - _ownBefore) / 1e9;
        return Math.Max(0, (busy - own) / Stopwatch.GetElapsedTime(_start).TotalSeconds);
    }

    /// <summary>Reads the first line of /proc/stat: user, nice, system, idle, I/O wait, hard and soft interrupts, stolen (proc_stat(5)).</summary>
    internal static double BusySeconds(string stat)
    {
        var ticks = stat.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return (ticks.Sum() - ticks[3] - ticks[4]) * SecondsPerTick;
    }
}
