// One metric: what it is called, what it means, and how it is read.

namespace AltoDns.Web.Metrics;

/// <summary>How a metric behaves.</summary>
public enum MetricKind
{
    /// <summary>Only grows, until the server starts anew.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts by classes of size, cumulated, with a sum and a count.</summary>
    Histogram,
}

/// <param name="Name">As Prometheus has it: counters end in <c>_total</c>, and the unit stands before that.</param>
/// <param name="Unit">In base units: <c>seconds</c>, <c>bytes</c>; empty for plain numbers.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Labels">The names of its labels.</param>
/// <param name="Read">Its values; none where it does not apply.</param>
public sealed record Metric(string Name, MetricKind Kind, string Unit, string Help, IReadOnlyList<string> Labels, Func<ServerReading, IEnumerable<Sample>> Read);

/// <param name="Value">In the metric's unit.</param>
/// <param name="Labels">Values of the metric's labels, in their order; of a histogram's <c>_bucket</c> the bound is one more.</param>
/// <param name="Suffix">Of the name: empty, but for histograms.</param>
public readonly record struct Sample(double Value, IReadOnlyList<string> Labels, string Suffix = "");
