// How long the machine's processors were busy, whoever it was for.

using System.Globalization;

namespace AltoDns.Benchmarks.Xdp;

/// <summary>Busy time since the start of the machine, interrupts included; each processor's and the sum.</summary>
internal sealed record SystemTime(IReadOnlyList<TimeSpan> Processors)
{
    // sysconf(_SC_CLK_TCK) is 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    private const int Idle = 3;
    private const int WaitingForDisk = 4;
    private const int Counted = 7;

    public TimeSpan Total => Processors.Aggregate(TimeSpan.Zero, (sum, time) => sum + time);

    /// <summary>Reads /proc/stat: user, nice, system, idle, iowait, irq, softirq (proc_stat(5)).</summary>
    public static SystemTime Read() => new(
    [
        .. File.ReadLines("/proc/stat")
            .Where(line => line.StartsWith("cpu", StringComparison.Ordinal) && char.IsAsciiDigit(line[3]))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..(Counted + 1)]
                .Where((_, field) => field is not (Idle or WaitingForDisk))
                .Sum(field => long.Parse(field, CultureInfo.InvariantCulture)))
            .Select(ticks => TimeSpan.FromSeconds(ticks / TicksPerSecond)),
    ]);
}
