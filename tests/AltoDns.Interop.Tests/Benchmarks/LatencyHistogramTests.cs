// The percentiles that the benchmark reports.

using AltoDns.Benchmarks.Measuring;

namespace AltoDns.Interop.Tests.Benchmarks;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(0.991, 100)]
    [InlineData(1, 100)]
    [InlineData(0.001, 1)]
    public void Percentile_is_the_least_duration_that_so_many_do_not_exceed(double share, double expected)
    {
        var histogram = new LatencyHistogram();
        for (var duration = 100; duration >= 1; duration--)
        {
            histogram.Add(duration);
        }

        Assert.InRange(histogram.Percentile(share), expected, expected * 65 / 64);
    }

    [Fact]
    public void Every_duration_is_at_most_a_64th_too_long()
    {
        for (var duration = 1L; duration < long.MaxValue / 3; duration += 1 + (duration / 7))
        {
            var histogram = new LatencyHistogram();
            histogram.Add(duration);
            Assert.InRange(histogram.Percentile(1), duration, duration + (duration / 64));
        }
    }

    [Fact]
    public void Takes_the_longest_duration_and_one_below_0()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(long.MaxValue);
        histogram.Add(-5);
        Assert.Equal(0, histogram.Percentile(0.5));
        Assert.Equal(long.MaxValue, histogram.Percentile(1));
    }

    [Fact]
    public void Sum_of_two_has_the_durations_of_both()
    {
        var (first, second) = (new LatencyHistogram(), new LatencyHistogram());
        first.Add(10);
        second.Add(20);
        second.Add(30);
        first.Add(second);
        Assert.Equal(3, first.Count);
        Assert.Equal(20, first.Percentile(0.5));
    }

    [Fact]
    public void Has_no_percentile_without_durations() => Assert.Equal(0, new LatencyHistogram().Percentile(0.99));
}
