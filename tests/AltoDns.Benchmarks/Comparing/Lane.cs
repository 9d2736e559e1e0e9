// One server in one workload: what loads it, and what each of its rounds gave.

using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Benchmarks.Traffic;

namespace AltoDns.Benchmarks.Comparing;

/// <param name="Key">That of the contender.</param>
/// <param name="Name">What tables call it.</param>
/// <param name="ProcessId">The server's.</param>
/// <param name="Run">Loads it with so many queries, or for so long.</param>
internal sealed record Lane(string Key, string Name, int ProcessId, Func<long, TimeSpan, LoadResult> Run)
{
    private readonly ProcessorClock _clock = ProcessorClock.OfTree(ProcessId);

    /// <summary>Loads it at a rate, if the workload has such rounds: queries, queries a second, where latencies are counted.</summary>
    public Func<long, double, LatencyHistogram, LoadResult>? RunPaced { get; init; }

    /// <summary>Whether its cost is that of a packet sent and not of an answer.</summary>
    public bool CountsPackets { get; init; }

    /// <summary>Says what the first wrong answer was.</summary>
    public Func<string?> FirstWrong { get; init; } = () => null;

    public List<Round> Rounds { get; } = [];

    public List<PacedRound> PacedRounds { get; } = [];

    /// <exception cref="InvalidOperationException">An answer was wrong, or none came.</exception>
    public Round Measure(long queries, TimeSpan limit)
    {
        var before = _clock.Read();
        var result = Run(queries, limit);
        var used = _clock.Read() - before;
        Require(result);
        var count = CountsPackets ? result.Sent : result.Answered;
        return new Round(used / 1e3 / count, count / result.Elapsed.TotalSeconds, result.Lost, (double)result.AnswerOctets / result.Answered);
    }

    /// <exception cref="InvalidOperationException">An answer was wrong, or none came.</exception>
    public PacedRound MeasurePaced(long queries, double rate)
    {
        var histogram = new LatencyHistogram();
        var result = RunPaced!(queries, rate, histogram);
        Require(result);
        return new PacedRound(histogram.Percentile(0.5) / 1e3, histogram.Percentile(0.99) / 1e3, histogram.Percentile(0.999) / 1e3, result.Lost);
    }

    public double Median(Func<Round, double> figure) => Rounds.Select(figure).Median();

    public double MedianPaced(Func<PacedRound, double> figure) => PacedRounds.Select(figure).Median();

    private void Require(LoadResult result)
    {
        if (result.Wrong > 0 || result.Answered == 0)
        {
            throw new InvalidOperationException($"{Name} gave {result.Wrong} wrong answers of {result.Answered}: {FirstWrong()}");
        }
    }
}

/// <param name="Microseconds">Processor time of the server for an answer.</param>
/// <param name="PerSecond">Answers.</param>
/// <param name="Octets">Of an answer, on the average.</param>
internal sealed record Round(double Microseconds, double PerSecond, long Lost, double Octets);

/// <summary>Percentiles of the time from when a query should have been sent to its answer, in microseconds.</summary>
internal sealed record PacedRound(double Median, double P99, double P999, long Lost);
