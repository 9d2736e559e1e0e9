// What one period of a soak came to, and whether the later ones cost more than the earlier ones.

using AltoDns.Harness;

namespace AltoDns.Benchmarks.Soaking;

/// <param name="Resident">Octets.</param>
/// <param name="Handles">Open descriptors.</param>
internal sealed record SoakHour(int Number, long Resident, int Handles, int Threads, long UdpQueries, long TcpQueries, long Updates, long Transfers, long Reloads)
{
    // The collector gives back late, and the pool keeps a few threads more or less.
    private const double MostGrowth = 1.1;
    private const int MostHandles = 16;
    private const int Quarter = 6;

    public static SoakHour Measure(int number, int process, SoakLoad load) => new(
        number,
        ProcessTree.Read(process).Resident,
        Directory.GetFileSystemEntries($"/proc/{process}/fd").Length,
        Directory.GetFileSystemEntries($"/proc/{process}/task").Length,
        load.UdpQueries,
        load.TcpQueries,
        load.Updates,
        load.Transfers,
        load.Reloads);

    /// <summary>Compares the last quarter with the second one; in the first the server reaches its size.</summary>
    public static IEnumerable<string> GrowthIn(IReadOnlyList<SoakHour> hours)
    {
        var (early, late) = (hours.Skip(Quarter).Take(Quarter).ToList(), hours.TakeLast(Quarter).ToList());
        var (before, after) = (early.Average(hour => hour.Resident), late.Average(hour => hour.Resident));
        if (after > before * MostGrowth)
        {
            yield return $"Memory grew from {before / 1e6:F0} to {after / 1e6:F0} MB.";
        }

        if (late.Max(hour => hour.Handles) > early.Max(hour => hour.Handles) + MostHandles)
        {
            yield return $"Handles grew from {early.Max(hour => hour.Handles)} to {late.Max(hour => hour.Handles)}.";
        }
    }
}
