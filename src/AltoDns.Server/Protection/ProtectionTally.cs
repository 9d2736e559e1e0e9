// Counts what the protection of the server kept back.

namespace AltoDns.Server.Protection;

/// <summary>Since the start; each only grows.</summary>
/// <param name="LimitedDropped">Answers over the rate limit that were not sent.</param>
/// <param name="LimitedSlipped">Answers over the rate limit that were sent truncated and empty.</param>
/// <param name="QueriesProhibited">Questions answered REFUSED because of <c>allow-query</c>.</param>
public readonly record struct ProtectionCounters(long LimitedDropped, long LimitedSlipped, long QueriesProhibited);

/// <summary>The fields are changed with <see cref="Interlocked"/>; <see cref="ProtectionCounters"/> says what they mean.</summary>
internal sealed class ProtectionTally
{
    public long LimitedDropped;
    public long LimitedSlipped;
    public long QueriesProhibited;

    public ProtectionCounters Snapshot() => new(
        Volatile.Read(ref LimitedDropped),
        Volatile.Read(ref LimitedSlipped),
        Volatile.Read(ref QueriesProhibited));
}
