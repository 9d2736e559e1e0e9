// Puts a comparison into the documentation: tables between two marks, and a plot beside it.

using AltoDns.Benchmarks.Comparing;
using AltoDns.Benchmarks.Plotting;
using AltoDns.Benchmarks.Servers;

namespace AltoDns.Benchmarks.Output;

internal static class ComparisonDocument
{
    private const string Plot = "performance.svg";

    public static void Write(ComparisonReport report)
    {
        var folder = Path.Combine(Repository.Path, "docs");
        var document = Path.Combine(folder, "performance.md");
        var text = ComparisonText.Of(report);
        if (report.Groups.SelectMany(group => group.Workloads).FirstOrDefault(workload => workload.Key == "mixed") is { } mixed)
        {
            File.WriteAllText(Path.Combine(folder, Plot), PlotOf(mixed));
            text = $"![Processor time of a query by server, mixed queries by UDP]({Plot})\n\n{text}";
        }

        File.WriteAllText(document, MarkedSection.Replace(File.ReadAllText(document), "compare", text));
    }

    private static string PlotOf(WorkloadReport mixed)
    {
        var floor = mixed.Costs.FirstOrDefault(row => row.Key == Contenders.Echo);
        var bars = mixed.Costs.Where(row => row != floor).OrderBy(row => row.Microseconds)
            .Select(row => new Bar(row.Server, row.Microseconds, Contenders.IsOurs(row.Key)));
        return BarPlot.Draw(
            "Processor time of a query, µs (mixed queries by UDP, median)", [.. bars], floor is null ? null : new Line("UDP echo in C", floor.Microseconds));
    }
}
