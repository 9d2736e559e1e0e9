// How values become lengths, and which of them are marked on the axis.

namespace AltoDns.Benchmarks.Plotting;

/// <summary>From 0 to a round value not below the greatest.</summary>
internal sealed class PlotScale
{
    private const int MostSteps = 6;

    private static readonly double[] RoundSteps = [1, 2, 5, 10];

    private readonly double _length;

    /// <param name="greatest">Above 0.</param>
    /// <param name="length">Of the whole axis.</param>
    public PlotScale(double greatest, double length)
    {
        _length = length;
        var power = Math.Pow(10, Math.Floor(Math.Log10(greatest / MostSteps)));
        var step = RoundSteps.Select(round => round * power).First(step => step * MostSteps >= greatest * (1 - 1e-9));
        var steps = (int)Math.Ceiling((greatest / step) - 1e-9);
        Ticks = [.. Enumerable.Range(0, steps + 1).Select(index => index * step)];
    }

    /// <summary>Round values at equal distances; the last one is the end of the axis.</summary>
    public IReadOnlyList<double> Ticks { get; }

    public double LengthOf(double value) => value / Ticks[^1] * _length;
}
