// Counts what one UDP worker does.

namespace AltoDns.Server.Listening;

/// <summary>The fields are written by the worker's thread alone and read by any; <see cref="UdpCounters"/> says what they mean.</summary>
internal sealed class UdpTally
{
    public long Received;
    public long Answered;
    public long Malformed;
    public long InvalidSource;
    public long MalformedProxy;
    public long Silent;
    public long Limited;
    public long Faults;
    public long SendBufferFull;
    public long SendFailed;
    public long Shortened;
    public long ReceiveErrors;

    public UdpCounters Snapshot() => new(
        Volatile.Read(ref Received),
        Volatile.Read(ref Answered),
        Volatile.Read(ref Malformed),
        Volatile.Read(ref InvalidSource),
        Volatile.Read(ref MalformedProxy),
        Volatile.Read(ref Silent),
        Volatile.Read(ref Limited),
        Volatile.Read(ref Faults),
        Volatile.Read(ref SendBufferFull),
        Volatile.Read(ref SendFailed),
        Volatile.Read(ref Shortened),
        Volatile.Read(ref ReceiveErrors));
}
