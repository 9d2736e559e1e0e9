// Counts what happens on TCP, from any number of threads.

namespace AltoDns.Server.Listening;

/// <summary>The fields are changed with <see cref="Interlocked"/>; <see cref="TcpCounters"/> says what they mean.</summary>
internal sealed class TcpTally
{
    public long Accepted;
    public long Refused;
    public long Shed;
    public long Received;
    public long Answered;
    public long Faults;
    public long ClosedIdle;
    public long ClosedMalformed;
    public long ClosedUnfinished;
    public long ClosedSlow;
    public long Failed;
    public long FailedHandshakes;
    public long MalformedProxy;
    public long AcceptErrors;
    public long TlsSessions;

    public TcpCounters Snapshot(int open) => new(
        open,
        Volatile.Read(ref Accepted),
        Volatile.Read(ref Refused),
        Volatile.Read(ref Shed),
        Volatile.Read(ref Received),
        Volatile.Read(ref Answered),
        Volatile.Read(ref Faults),
        Volatile.Read(ref ClosedIdle),
        Volatile.Read(ref ClosedMalformed),
        Volatile.Read(ref ClosedUnfinished),
        Volatile.Read(ref ClosedSlow),
        Volatile.Read(ref Failed),
        Volatile.Read(ref FailedHandshakes),
        Volatile.Read(ref MalformedProxy),
        Volatile.Read(ref AcceptErrors),
        Volatile.Read(ref TlsSessions));
}
