// What a process and its descendants use, as Linux accounts for it.

using System.Globalization;

namespace AltoDns.Harness;

/// <summary>Memory in octets, summed over the processes.</summary>
/// <param name="Processes">How many there are.</param>
/// <param name="Resident">Pages in memory; one that several processes share counts for each.</param>
/// <param name="PeakResident">The most that was ever resident.</param>
/// <param name="Proportional">Pages in memory, each divided by the number of processes that share it.</param>
/// <param name="ProcessorTime">User and system time.</param>
public sealed record ProcessTree(int Processes, long Resident, long PeakResident, long Proportional, TimeSpan ProcessorTime)
{
    // sysconf(_SC_CLK_TCK) is 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Reads /proc once for the process and all below it.</summary>
    public static ProcessTree Read(int processId)
    {
        var tree = IdsOf(processId);
        return new ProcessTree(
            tree.Count,
            tree.Sum(id => Field($"/proc/{id}/status", "VmRSS:")),
            tree.Sum(id => Field($"/proc/{id}/status", "VmHWM:")),
            tree.Sum(id => Field($"/proc/{id}/smaps_rollup", "Pss:")),
            TimeSpan.FromSeconds(tree.Sum(ProcessorTicks) / TicksPerSecond));
    }

    /// <summary>The process and all that descend from it now.</summary>
    public static IReadOnlyList<int> IdsOf(int processId)
    {
        var parents = ParentsOfAll();
        var tree = new List<int> { processId };
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(parents.Where(entry => entry.Value == tree[i]).Select(entry => entry.Key));
        }

        return tree;
    }

    private static Dictionary<int, int> ParentsOfAll()
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && StatOf(id) is { } stat)
            {
                parents[id] = int.Parse(stat[1], CultureInfo.InvariantCulture);
            }
        }

        return parents;
    }

    private static long ProcessorTicks(int id) =>
        StatOf(id) is { } stat ? long.Parse(stat[11], CultureInfo.InvariantCulture) + long.Parse(stat[12], CultureInfo.InvariantCulture) : 0;

    // The fields after the name, which may itself hold spaces: the state is the first (proc_pid_stat(5)).
    private static string[]? StatOf(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended.
            return null;
        }
    }

    // Lines are "VmRSS:     1234 kB".
    private static long Field(string file, string name)
    {
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[name.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
    }
}
