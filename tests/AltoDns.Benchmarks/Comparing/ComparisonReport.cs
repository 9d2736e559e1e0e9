// What a comparison found, as it is printed, written and serialized.

namespace AltoDns.Benchmarks.Comparing;

/// <param name="Command">What was run.</param>
/// <param name="Versions">Servers and their versions.</param>
/// <param name="Missing">Keys of servers that are not installed.</param>
internal sealed record ComparisonReport(
    DateTime Date,
    string Command,
    string Machine,
    IReadOnlyList<ServerVersion> Versions,
    IReadOnlyList<string> Missing,
    IReadOnlyList<GroupReport> Groups,
    IReadOnlyList<ReachRow> Reach);

internal sealed record ServerVersion(string Server, string Version);

/// <param name="Failed">Servers that could not load the data in time.</param>
internal sealed record GroupReport(string Title, IReadOnlyList<StartRow> Starts, IReadOnlyList<string> Failed, IReadOnlyList<WorkloadReport> Workloads);

/// <param name="FirstAnswerSeconds">From the start of the process.</param>
/// <param name="ResidentMegabytes">After the first workload, as PSS below.</param>
internal sealed record StartRow(string Key, string Server, double FirstAnswerSeconds, double ProportionalMegabytes, double ResidentMegabytes);

/// <param name="Repeated">Measurements that others disturbed and that were repeated.</param>
/// <param name="Disturbed">Disturbed ones that stand.</param>
internal sealed record WorkloadReport(
    string Key, string Title, IReadOnlyList<CostRow> Costs, IReadOnlyList<LatencyRow> Latencies, int Repeated, int Disturbed);

/// <param name="Microseconds">Processor time for an answer; the median, least and most of the rounds.</param>
/// <param name="AltoDnsShare">The median of AltoDns, divided by this one.</param>
internal sealed record CostRow(
    string Key, string Server, double Microseconds, double Least, double Most, double? AltoDnsShare, double AnswersPerSecond, long Lost, double OctetsPerAnswer);

/// <summary>Microseconds, medians of the rounds.</summary>
internal sealed record LatencyRow(string Key, string Server, double P50, double P99, double P999, long Lost);

/// <param name="Measure">What is compared.</param>
/// <param name="Target">At most this.</param>
internal sealed record ReachRow(string Measure, double Value, double Target);
