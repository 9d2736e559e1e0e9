// The scale of the benchmark's plot, and the document that it stands in.

using System.Xml.Linq;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Plotting;

namespace AltoDns.Interop.Tests.Benchmarks;

public sealed class PlotTests
{
    [Theory]
    [InlineData(5.9, "0 1 2 3 4 5 6")]
    [InlineData(6, "0 1 2 3 4 5 6")]
    [InlineData(6.1, "0 2 4 6 8")]
    [InlineData(14.5, "0 5 10 15")]
    [InlineData(0.3, "0 0.05 0.1 0.15 0.2 0.25 0.3")]
    [InlineData(80, "0 20 40 60 80")]
    public void Ticks_are_round_and_reach_the_greatest_value(double greatest, string ticks) =>
        Assert.Equal(ticks, string.Join(' ', new PlotScale(greatest, 100).Ticks.Select(tick => $"{tick:0.##}")));

    [Fact]
    public void Lengths_are_in_proportion()
    {
        var scale = new PlotScale(7, 400);
        Assert.Equal(0, scale.LengthOf(0), 9);
        Assert.Equal(200, scale.LengthOf(4), 9);
        Assert.Equal(400, scale.LengthOf(8), 9);
    }

    [Fact]
    public void Plot_is_well_formed_and_a_bar_that_is_cut_says_its_value()
    {
        var svg = XDocument.Parse(BarPlot.Draw("a < b", [new Bar("x & y", 1, true), new Bar("z", 2, false), new Bar("far", 80, false)], new Line("floor", 0.5)));
        XNamespace space = "http://www.w3.org/2000/svg";
        var widths = svg.Descendants(space + "rect").Select(bar => double.Parse(bar.Attribute("width")!.Value)).ToList();
        Assert.InRange(widths[1], (widths[0] * 2) - 0.2, (widths[0] * 2) + 0.2);
        Assert.InRange(widths[2], widths[1] * 3, 760);
        Assert.Contains(svg.Descendants(space + "text"), text => text.Value == "→ 80.00");
    }

    [Fact]
    public void Only_what_is_between_the_marks_is_replaced()
    {
        const string Document = "before\n<!-- compare:begin -->\nold\n<!-- compare:end -->\nafter\n";
        var once = MarkedSection.Replace(Document, "compare", "new\n");
        Assert.Equal("before\n<!-- compare:begin -->\n\nnew\n\n<!-- compare:end -->\nafter\n", once);
        Assert.Equal(once, MarkedSection.Replace(once, "compare", "new"));
    }

    [Theory]
    [InlineData("<!-- compare:begin -->\n")]
    [InlineData("<!-- compare:end -->\n<!-- compare:begin -->\n")]
    [InlineData("<!-- compare:begin -->\n<!-- compare:begin -->\n<!-- compare:end -->\n")]
    public void Document_without_the_two_marks_is_refused(string document) =>
        Assert.Throws<FormatException>(() => MarkedSection.Replace(document, "compare", "new"));

    [Fact]
    public void Busy_time_counts_neither_idleness_nor_waiting_for_disks() =>
        Assert.Equal(0.01 * (1 + 2 + 4 + 32 + 64 + 128), ForeignUse.BusySeconds("cpu  1 2 4 8 16 32 64 128 256 512\ncpu0 9 9 9 9 9 9 9 9 9 9\n"), 9);
}
