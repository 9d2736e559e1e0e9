// Whether so many frames arrive that it saves time to let some gather.

using System.Diagnostics;

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <summary>Judges by the last whole period of at least a millisecond. Used by one thread.</summary>
internal struct ArrivalRate
{
    // At 100,000 a second one frame comes in 10 µs; to sleep and be woken takes a tenth to a third of that.
    private const long ManyInASecond = 100_000;

    private static readonly long Period = Stopwatch.Frequency / 1000;

    private long _start;
    private long _count;

    public bool AreMany { get; private set; }

    /// <param name="count">Frames that came since the last call.</param>
    /// <param name="now">In ticks of <see cref="Stopwatch"/>.</param>
    public void Add(int count, long now)
    {
        _count += count;
        var elapsed = now - _start;
        if (elapsed >= Period)
        {
            AreMany = _count * Stopwatch.Frequency / elapsed >= ManyInASecond;
            _start = now;
            _count = 0;
        }
    }
}
