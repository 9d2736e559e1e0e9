// How much memory an act takes from the heap.

namespace AltoDns.Testing;

public static class Allocation
{
    private const int Rounds = 20;

    /// <summary>The octets that <paramref name="act"/> allocates on this thread in every one of 20 rounds, after one to warm up.
    /// The least of them counts: the runtime allocates now and then on whatever thread runs, as when it puts a
    /// recompiled method in place, and what the act itself allocates is in every round.</summary>
    public static long PerRound(Action act)
    {
        act();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            act();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
