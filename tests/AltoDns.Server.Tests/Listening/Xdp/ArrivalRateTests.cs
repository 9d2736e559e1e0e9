// When frames count as many.

using System.Diagnostics;
using AltoDns.Server.Listening.Linux.Xdp;

namespace AltoDns.Server.Tests.Listening.Xdp;

public sealed class ArrivalRateTests
{
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(99, 1, false)]
    [InlineData(100, 1, true)]
    [InlineData(100, 2, false)]
    [InlineData(1000, 5, true)]
    public void Many_are_a_hundred_thousand_a_second(int count, int milliseconds, bool many)
    {
        var arrivals = default(ArrivalRate);
        arrivals.Add(0, Stopwatch.Frequency);
        arrivals.Add(count, Stopwatch.Frequency + (milliseconds * Stopwatch.Frequency / 1000));

        Assert.Equal(many, arrivals.AreMany);
    }

    [Fact]
    public void A_rest_ends_it()
    {
        var arrivals = default(ArrivalRate);
        arrivals.Add(0, Stopwatch.Frequency);
        arrivals.Add(1000, Stopwatch.Frequency * 1001 / 1000);
        Assert.True(arrivals.AreMany);
        arrivals.Add(1, Stopwatch.Frequency * 2);

        Assert.False(arrivals.AreMany);
    }

    [Fact]
    public void A_burst_within_a_period_is_not_judged_before_its_end()
    {
        var arrivals = default(ArrivalRate);
        arrivals.Add(0, Stopwatch.Frequency);
        arrivals.Add(1000, Stopwatch.Frequency + 1);

        Assert.False(arrivals.AreMany);
    }
}
