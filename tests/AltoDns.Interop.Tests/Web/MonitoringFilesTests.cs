// The alert rules and the dashboard that come with AltoDns: valid, and about metrics that there are.

using System.Text.Json;
using System.Text.RegularExpressions;
using AltoDns.Harness;
using AltoDns.Web.Metrics;

namespace AltoDns.Interop.Tests.Web;

public sealed partial class MonitoringFilesTests
{
    private static readonly string Docs = FindDocs();

    /// <summary>Every name that a query may use.</summary>
    private static readonly HashSet<string> Known =
    [
        .. MetricTable.All.SelectMany(metric => metric.Kind == MetricKind.Histogram
            ? new[] { $"{metric.Name}_bucket", $"{metric.Name}_sum", $"{metric.Name}_count" }
            : [metric.Name]),
    ];

    [Fact]
    public async Task Promtool_accepts_the_rules()
    {
        ToolRunner.Require("promtool");

        var result = await ToolRunner.RunAsync("promtool", ["check", "rules", "--lint-fatal", Path.Combine(Docs, "prometheus", "altodns.rules.yaml")]);

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public void Rules_ask_for_metrics_that_there_are()
    {
        var names = Name().Matches(File.ReadAllText(Path.Combine(Docs, "prometheus", "altodns.rules.yaml"))).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(names);
        Assert.Subset(Known, names);
    }

    [Fact]
    public async Task Dashboard_asks_for_metrics_that_there_are_in_queries_that_can_be_read()
    {
        ToolRunner.Require("promtool");
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Docs, "grafana", "altodns.json")));
        var queries = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "5m", StringComparison.Ordinal)).ToList();
        using var folder = new TemporaryFolder();
        var rules = folder.Write(
            "queries.yaml",
            "groups:\n- name: dashboard\n  rules:\n" + string.Concat(queries.Select((query, i) => $"  - record: dashboard:query{i}\n    expr: '{query.Replace("'", "''", StringComparison.Ordinal)}'\n")));

        var result = await ToolRunner.RunAsync("promtool", ["check", "rules", rules]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.NotEmpty(queries);
        Assert.Subset(Known, queries.SelectMany(query => Name().Matches(query)).Select(match => match.Value).ToHashSet(StringComparer.Ordinal));
    }

    private static string FindDocs()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "docs", "grafana")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "docs");
    }

    [GeneratedRegex("(altodns|process)_[a-z_]+", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Name();
}
