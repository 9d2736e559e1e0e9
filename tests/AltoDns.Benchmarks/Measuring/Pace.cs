// When the queries of a fixed rate are to be sent.

namespace AltoDns.Benchmarks.Measuring;

/// <param name="Start">The time of the first query, in ticks of the clock.</param>
/// <param name="Rate">Queries a second, evenly spread.</param>
/// <param name="Frequency">Ticks a second.</param>
internal readonly record struct Pace(long Start, double Rate, long Frequency)
{
    private double TicksApart => Frequency / Rate;

    /// <summary>The time of a query, the first of which is 0.</summary>
    public long TimeOf(long index) => Start + (long)Math.Round(index * TicksApart);

    /// <summary>How many queries have been due up to a time, one due at that very time included.</summary>
    public long DueAt(long time)
    {
        if (time < Start)
        {
            return 0;
        }

        var due = (long)((time - Start) / TicksApart) + 1;

        // Rounding in TimeOf and here may differ by one query.
        return TimeOf(due) <= time ? due + 1 : TimeOf(due - 1) > time ? due - 1 : due;
    }
}
