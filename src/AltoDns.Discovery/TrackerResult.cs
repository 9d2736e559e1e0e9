// What BEP 22 finds: trackers that an ISP offers to its own customers.

namespace AltoDns.Discovery;

/// <param name="Host">Without a final dot.</param>
/// <param name="Priority">Lower ones first.</param>
/// <param name="Weight">Among equals, the share of the load.</param>
public sealed record LocalTracker(string Host, ushort Port, ushort Priority, ushort Weight);

public sealed record TrackerResult
{
    /// <summary>The address asked about.</summary>
    public required string Subject { get; init; }

    /// <summary>Best first; empty for none.</summary>
    public IReadOnlyList<LocalTracker> Trackers { get; init; } = [];

    /// <summary>The weakest of all lookups.</summary>
    public LookupSecurity Security { get; init; }

    /// <summary>Lookups failed that may work later.</summary>
    public bool HadTemporaryErrors { get; init; }

    /// <summary>Every lookup, in its order.</summary>
    public IReadOnlyList<LookupTrace> Trace { get; init; } = [];
}
