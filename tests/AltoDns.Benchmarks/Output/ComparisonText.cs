// A comparison as text in Markdown: on the screen, and in docs/performance.md.

using System.Text;
using AltoDns.Benchmarks.Comparing;

namespace AltoDns.Benchmarks.Output;

internal static class ComparisonText
{
    public static string Of(ComparisonReport report)
    {
        var text = new StringBuilder();
        text.Append($"""
            `{report.Command}`, {report.Date:yyyy-MM-dd}

            {report.Machine}. {string.Join(", ", report.Versions.Select(version => $"{version.Server} {version.Version}"))}.

            """);
        if (report.Missing.Count > 0)
        {
            text.Append($"Not installed: {string.Join(", ", report.Missing)}.\n");
        }

        if (report.Reach.Count > 0)
        {
            Append(text, "Targets (ratios of medians)", Figures.Table(
                report.Reach,
                ("measure", row => row.Measure),
                ("value", row => row.Target > 10 ? $"{row.Value:F0}" : $"{row.Value:F2}"),
                ("target", row => row.Target > 10 ? $"≤ {row.Target:F0}" : $"≤ {row.Target:F2}"),
                ("reached", row => row.Value <= row.Target ? "yes" : "no")));
        }

        foreach (var group in report.Groups)
        {
            AppendGroup(text, group);
        }

        return text.ToString();
    }

    private static void AppendGroup(StringBuilder text, GroupReport group)
    {
        foreach (var workload in group.Workloads)
        {
            Append(text, workload.Title, Figures.Table(
                workload.Costs,
                ("server", row => row.Server),
                (workload.Key == "garbage" ? "CPU µs/packet" : "CPU µs/query", row => $"{row.Microseconds:F2}"),
                ("least", row => $"{row.Least:F2}"),
                ("most", row => $"{row.Most:F2}"),
                ("AltoDns ÷ it", row => row.AltoDnsShare is { } share ? $"{share:F2}" : ""),
                (workload.Key == "garbage" ? "packets/s" : "answers/s", row => $"{row.AnswersPerSecond:N0}"),
                ("lost", row => $"{row.Lost:N0}"),
                ("octets/answer", row => $"{row.OctetsPerAnswer:F0}")));
            text.Append($"\nRepeated because others used the machine: {workload.Repeated}; disturbed and kept: {workload.Disturbed}.\n");
            if (workload.Latencies.Count > 0)
            {
                Append(text, $"{workload.Title}, 20,000 a second: latency in µs", Figures.Table(
                    workload.Latencies,
                    ("server", row => row.Server),
                    ("p50", row => $"{row.P50:N0}"),
                    ("p99", row => $"{row.P99:N0}"),
                    ("p99.9", row => $"{row.P999:N0}"),
                    ("lost", row => $"{row.Lost:N0}")));
            }
        }

        Append(text, $"Start and memory: {group.Title}", Figures.Table(
            group.Starts,
            ("server", row => row.Server),
            ("first answer s", row => $"{row.FirstAnswerSeconds:F3}"),
            ("PSS MB", row => $"{row.ProportionalMegabytes:F0}"),
            ("RSS MB", row => $"{row.ResidentMegabytes:F0}")));
        if (group.Failed.Count > 0)
        {
            text.Append($"\nLeft out, because not loaded in {ServerSet.LoadTimeout.TotalSeconds:F0} s: {string.Join(", ", group.Failed)}.\n");
        }
    }

    private static void Append(StringBuilder text, string title, string table) => text.Append($"\n**{title}**\n\n{table}");
}
