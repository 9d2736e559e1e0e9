// Writes metrics as Prometheus and OpenMetrics have them in text.

using System.Globalization;
using System.Text;

namespace AltoDns.Web.Metrics;

internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private const string Total = "_total";

    /// <summary>All metrics that have values.</summary>
    /// <param name="isOpen">Whether as OpenMetrics wants it, which names units, calls counters without their suffix and has an end.</param>
    public static string Write(ServerReading reading, bool isOpen)
    {
        var text = new StringBuilder();
        foreach (var metric in MetricTable.All)
        {
            var samples = metric.Read(reading).ToList();
            if (samples.Count == 0)
            {
                continue;
            }

            var family = isOpen && metric.Kind == MetricKind.Counter ? metric.Name[..^Total.Length] : metric.Name;
            text.Append(CultureInfo.InvariantCulture, $"# HELP {family} {Escape(metric.Help, isHelp: true)}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {family} {KindOf(metric.Kind)}\n");
            if (isOpen && metric.Unit.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"# UNIT {family} {metric.Unit}\n");
            }

            foreach (var sample in samples)
            {
                Append(text, metric, sample);
            }
        }

        return isOpen ? text.Append("# EOF\n").ToString() : text.ToString();
    }

    private static void Append(StringBuilder text, Metric metric, Sample sample)
    {
        text.Append(metric.Name).Append(sample.Suffix);
        for (var i = 0; i < sample.Labels.Count; i++)
        {
            var label = i < metric.Labels.Count ? metric.Labels[i] : "le";
            text.Append(i == 0 ? '{' : ',').Append(label).Append("=\"").Append(Escape(sample.Labels[i], isHelp: false)).Append('"');
        }

        text.Append(sample.Labels.Count > 0 ? "} " : " ").Append(sample.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string KindOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    private static string Escape(string text, bool isHelp)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return isHelp ? escaped : escaped.Replace("\"", "\\\"", StringComparison.Ordinal);
    }
}
