// What came from primaries, counted.

namespace AltoDns.Server.Transfers.Incoming;

/// <summary>Safe for any number of threads.</summary>
public sealed class IncomingTally
{
    private long _whole;
    private long _increments;
    private long _failures;
    private long _octets;

    /// <summary>Transfers of a whole zone that were taken.</summary>
    public long Whole => Interlocked.Read(ref _whole);

    /// <summary>Transfers of changes that were taken.</summary>
    public long Increments => Interlocked.Read(ref _increments);

    /// <summary>Attempts that no primary answered as it should.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Octets of the transfers that were taken.</summary>
    public long Octets => Interlocked.Read(ref _octets);

    internal void Count(bool isWhole, long octets)
    {
        Interlocked.Increment(ref isWhole ? ref _whole : ref _increments);
        Interlocked.Add(ref _octets, octets);
    }

    internal void Fail() => Interlocked.Increment(ref _failures);
}
