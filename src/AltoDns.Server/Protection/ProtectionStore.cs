// The one mutable holder of the rules of protection, and of what they counted.

namespace AltoDns.Server.Protection;

/// <summary>Published once a configuration is in force; each query reads <see cref="Current"/> once. Safe for any number of threads.</summary>
public sealed class ProtectionStore
{
    private readonly ProtectionTally _tally = new();
    private volatile ProtectionRules _current;

    public ProtectionStore(ProtectionOptions initial) => _current = Make(initial, before: null);

    public ProtectionCounters Counters => _tally.Snapshot();

    internal ProtectionRules Current => _current;

    /// <summary>Puts other rules in force. The accounts of the rate limit are kept where its settings are the same. Called by one at a time.</summary>
    public void Publish(ProtectionOptions options) => _current = Make(options, _current);

    private ProtectionRules Make(ProtectionOptions options, ProtectionRules? before) => new(
        options,
        options.RateLimit is not { } limit ? null
        : before?.Limiter is { } limiter && limit.Equals(before.Options.RateLimit) ? limiter
        : new ResponseRateLimiter(limit, _tally),
        options.AllowQuery is null && options.AllowQueryByZone.Count == 0 ? null : new QueryAccess(options.AllowQuery, options.AllowQueryByZone),
        _tally);
}

/// <param name="Limiter">Null for no limit.</param>
/// <param name="Access">Null where anybody may ask about everything.</param>
internal sealed record ProtectionRules(ProtectionOptions Options, ResponseRateLimiter? Limiter, QueryAccess? Access, ProtectionTally Tally);
