// Measures in turns, A B C A B C, and once more what was measured while others used the machine.

using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;

namespace AltoDns.Benchmarks.Comparing;

/// <param name="rounds">Of every lane.</param>
/// <param name="foreignLimit">The share of a processor that others may use.</param>
internal sealed class Turns(int rounds, double foreignLimit)
{
    /// <summary>How often something was measured once more.</summary>
    public int Repeated { get; private set; }

    /// <summary>Figures that stand although others used the machine, because enough had been repeated.</summary>
    public int Disturbed { get; private set; }

    /// <summary>Counts what other turns had to repeat as well.</summary>
    public void Include(Turns others)
    {
        Repeated += others.Repeated;
        Disturbed += others.Disturbed;
    }

    /// <summary>Measures each lane once a round. At most as many measurements are repeated as there are.</summary>
    /// <param name="measure">Measures a lane.</param>
    /// <param name="keep">Takes what is to stand.</param>
    public void Take<T>(IReadOnlyList<Lane> lanes, Func<Lane, T> measure, Action<Lane, T> keep)
    {
        var repeats = rounds * lanes.Count;
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var lane in lanes)
            {
                while (true)
                {
                    var others = new ForeignUse();
                    var result = measure(lane);
                    var share = others.Share();
                    var isDisturbed = share > foreignLimit;
                    if (isDisturbed && repeats > 0)
                    {
                        repeats--;
                        Repeated++;
                        continue;
                    }

                    Figures.Note($"  round {round}: {lane.Name} {result}, others used {share:P0} of a processor");
                    Disturbed += isDisturbed ? 1 : 0;
                    keep(lane, result);
                    break;
                }
            }
        }
    }
}
