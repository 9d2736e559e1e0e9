// When the queries of a fixed rate are sent.

using AltoDns.Benchmarks.Measuring;

namespace AltoDns.Interop.Tests.Benchmarks;

public sealed class PaceTests
{
    [Theory]
    [InlineData(20_000, 1_000_000_000)]
    [InlineData(30_000, 1_000_000_000)]
    [InlineData(7, 10_000_000)]
    [InlineData(3_333.3, 1_000_000_000)]
    public void Each_query_is_due_from_its_time_on_and_not_before(double rate, long frequency)
    {
        var pace = new Pace(5_000_000_000, rate, frequency);
        for (var index = 0L; index < 5000; index++)
        {
            Assert.Equal(index, pace.DueAt(pace.TimeOf(index) - 1));
            Assert.Equal(index + 1, pace.DueAt(pace.TimeOf(index)));
        }
    }

    [Fact]
    public void A_second_has_as_many_queries_as_the_rate_says()
    {
        var pace = new Pace(0, 20_000, 1_000_000_000);
        Assert.Equal(20_000, pace.DueAt(999_999_999));
    }

    [Fact]
    public void Nothing_is_due_before_the_start() => Assert.Equal(0, new Pace(100, 20_000, 1_000_000_000).DueAt(99));
}
