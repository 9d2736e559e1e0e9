// The ratios that AltoDns is meant to reach, from the figures of one run.

using AltoDns.Benchmarks.Servers;

namespace AltoDns.Benchmarks.Comparing;

internal static class Reach
{
    /// <summary>Those targets for which the run has figures.</summary>
    public static IReadOnlyList<ReachRow> Of(IReadOnlyList<GroupReport> groups)
    {
        var workloads = groups.SelectMany(group => group.Workloads).ToDictionary(workload => workload.Key, StringComparer.Ordinal);
        var rows = new List<ReachRow>();
        if (workloads.TryGetValue("mixed", out var mixed))
        {
            var costs = mixed.Costs.ToDictionary(row => row.Key, row => row.Microseconds, StringComparer.Ordinal);
            AddRatio(rows, "CPU/query, against the echo floor", costs, ["echo"], 1.15);
            AddRatio(rows, "CPU/query, single file, against the echo floor", costs, ["echo"], 1.15, Contenders.Published);
            AddRatio(rows, "CPU/query, native, against the echo floor", costs, ["echo"], 1.15, Contenders.Native);
            AddRatio(rows, "CPU/query, against NSD", costs, ["nsd"], 0.70);
            AddRatio(rows, "CPU/query, against Knot", costs, ["knot"], 0.60);
            AddRatio(rows, "CPU/query, against BIND", costs, ["bind"], 0.30);
            AddRatio(rows, "CPU/query, against the better of rbldnsd and gdnsd", costs, ["rbldnsd", "gdnsd"], 0.95);
            var latencies = mixed.Latencies.ToDictionary(row => row.Key, row => row.P99, StringComparer.Ordinal);
            AddRatio(rows, "p99 latency at 20,000 q/s, against NSD", latencies, ["nsd"], 1.0);
            AddRatio(rows, "p99 latency at 20,000 q/s, against Knot", latencies, ["knot"], 1.0);
            if (workloads.TryGetValue("ipv6", out var ipv6) && ipv6.Costs.FirstOrDefault(row => row.Key == Contenders.AltoDns) is { } cost)
            {
                rows.Add(new ReachRow("CPU/query for IPv6, against IPv4", cost.Microseconds / costs[Contenders.AltoDns], 1.5));
            }
        }

        if (workloads.TryGetValue("signed", out var signed))
        {
            var costs = signed.Costs.ToDictionary(row => row.Key, row => row.Microseconds, StringComparer.Ordinal);
            AddRatio(rows, "CPU/query of signed answers, against NSD", costs, ["nsd"], 0.75);
            AddRatio(rows, "CPU/query of signed answers, against Knot", costs, ["knot"], 0.75);
            var starts = groups.First(group => group.Workloads.Contains(signed)).Starts;
            AddRatio(rows, "Resident memory of the signed zone, against NSD", starts.ToDictionary(row => row.Key, row => row.ResidentMegabytes, StringComparer.Ordinal), ["nsd"], 0.8);
        }

        if (workloads.TryGetValue("garbage", out var garbage) && garbage.Costs is [var good, var bad, ..])
        {
            rows.Add(new ReachRow("CPU/packet of garbage, against a good query", bad.Microseconds / good.Microseconds, 1.0));
        }

        if (workloads.TryGetValue("workers", out var workers) && workers.Costs is [var one, var two])
        {
            rows.Add(new ReachRow("CPU/query of two workers, against one", two.Microseconds / one.Microseconds, 1.1));
        }

        if (groups.FirstOrDefault(group => group.Workloads.Any(workload => workload.Key == "ptr")) is { } pointers
            && pointers.Starts.FirstOrDefault(row => row.Key == Contenders.AltoDns) is { } memory)
        {
            rows.Add(new ReachRow("Resident memory of 1,000,000 PTR records, MB", memory.ResidentMegabytes, 400));
        }

        return rows;
    }

    private static void AddRatio(
        List<ReachRow> rows, string measure, Dictionary<string, double> figures, string[] against, double target, string own = Contenders.AltoDns)
    {
        var others = against.Where(figures.ContainsKey).Select(key => figures[key]).ToList();
        if (others.Count > 0 && figures.TryGetValue(own, out var figure))
        {
            rows.Add(new ReachRow(measure, figure / others.Min(), target));
        }
    }
}
