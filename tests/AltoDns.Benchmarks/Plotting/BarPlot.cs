// Horizontal bars as SVG, readable on light and on dark ground.

using System.Globalization;
using System.Net;
using System.Text;

namespace AltoDns.Benchmarks.Plotting;

/// <param name="Stands">Whether it is drawn in the colour that stands out.</param>
internal sealed record Bar(string Label, double Value, bool Stands);

/// <summary>A line across all bars.</summary>
internal sealed record Line(string Label, double Value);

internal static class BarPlot
{
    private const int Width = 760;
    private const int Left = 160;
    private const int Right = 70;
    private const int Top = 64;
    private const int BarHeight = 22;
    private const int BarDistance = 32;
    private const int Bottom = 40;

    // Values many times the median would make the other bars too short to compare; they are cut and say so.
    private const double CutAt = 4;

    public static string Draw(string title, IReadOnlyList<Bar> bars, Line? line)
    {
        var values = bars.Select(bar => bar.Value).Order().ToArray();
        var limit = values[values.Length / 2] * CutAt;
        var scale = new PlotScale(Math.Min(values[^1], limit), Width - Left - Right);
        var end = Top + (bars.Count * BarDistance);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{end + Bottom}}" role="img">
            <title>{{WebUtility.HtmlEncode(title)}}</title>
            <style>
              svg { color: #1f2328; font: 13px system-ui, sans-serif }
              text { fill: currentColor }
              .bar { fill: #8c959f } .own { fill: #0969da } .grid { stroke: currentColor; opacity: .18 }
              .floor { stroke: #cf222e; stroke-width: 2; stroke-dasharray: 5 4 } .label { fill: #cf222e }
              @media (prefers-color-scheme: dark) {
                svg { color: #e6edf3 } .bar { fill: #6e7681 } .own { fill: #4493f8 } .floor { stroke: #ff7b72 } .label { fill: #ff7b72 }
              }
            </style>
            <text x="8" y="22" font-size="15" font-weight="600">{{WebUtility.HtmlEncode(title)}}</text>

            """);
        foreach (var tick in scale.Ticks)
        {
            var x = Left + scale.LengthOf(tick);
            text.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{x:F1}\" x2=\"{x:F1}\" y1=\"{Top - 6}\" y2=\"{end}\"/>\n");
            text.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{end + 20}\" text-anchor=\"middle\">{tick:0.##}</text>\n");
        }

        for (var i = 0; i < bars.Count; i++)
        {
            AppendBar(text, bars[i], scale, Top + (i * BarDistance));
        }

        if (line is not null && line.Value <= scale.Ticks[^1])
        {
            var x = Left + scale.LengthOf(line.Value);
            text.Append(CultureInfo.InvariantCulture, $"<line class=\"floor\" x1=\"{x:F1}\" x2=\"{x:F1}\" y1=\"{Top - 6}\" y2=\"{end}\"/>\n");
            text.Append(CultureInfo.InvariantCulture, $"<text class=\"label\" x=\"{x:F1}\" y=\"{Top - 12}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(line.Label)} {line.Value:F2}</text>\n");
        }

        return text.Append("</svg>\n").ToString();
    }

    private static void AppendBar(StringBuilder text, Bar bar, PlotScale scale, int y)
    {
        var isCut = bar.Value > scale.Ticks[^1];
        var length = scale.LengthOf(Math.Min(bar.Value, scale.Ticks[^1]));
        var baseline = y + BarHeight - 6;
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 10}\" y=\"{baseline}\" text-anchor=\"end\">{WebUtility.HtmlEncode(bar.Label)}</text>\n");
        text.Append(CultureInfo.InvariantCulture, $"<rect class=\"{(bar.Stands ? "own" : "bar")}\" x=\"{Left}\" y=\"{y}\" width=\"{length:F1}\" height=\"{BarHeight}\"/>\n");
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + length + 6:F1}\" y=\"{baseline}\">{(isCut ? "→ " : "")}{bar.Value:F2}</text>\n");
    }
}
