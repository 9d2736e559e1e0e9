// Counts of durations in classes that grow with the duration, as narrow as 1/64 of it.

using System.Numerics;

namespace AltoDns.Benchmarks.Measuring;

/// <summary>Takes any number of durations in constant memory.</summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 6;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[(64 - StepBits) * Steps];

    public long Count { get; private set; }

    /// <param name="nanoseconds">Below 0 counts as 0.</param>
    public void Add(long nanoseconds)
    {
        _counts[ClassOf(Math.Max(0, nanoseconds))]++;
        Count++;
    }

    /// <summary>Adds all durations of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
    }

    /// <summary>The least duration, in nanoseconds, that a share of all do not exceed; at most 1/64 too long. 0 where there are none.</summary>
    /// <param name="share">Above 0, at most 1: 0.99 for the 99th percentile.</param>
    public long Percentile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return LongestOf(i);
            }
        }

        return 0;
    }

    // Below Steps each duration has its class; above, its leading bit and the StepBits after it tell the class.
    private static int ClassOf(long nanoseconds)
    {
        if (nanoseconds < Steps)
        {
            return (int)nanoseconds;
        }

        var shift = BitOperations.Log2((ulong)nanoseconds) - StepBits;
        return ((shift + 1) * Steps) + (int)((nanoseconds >> shift) - Steps);
    }

    private static long LongestOf(int index)
    {
        if (index < Steps)
        {
            return index;
        }

        var shift = (index / Steps) - 1;
        return ((long)(Steps + (index % Steps) + 1) << shift) - 1;
    }
}
