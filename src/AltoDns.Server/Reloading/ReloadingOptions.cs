// When zones are loaded again.

namespace AltoDns.Server.Reloading;

/// <summary>Settings of <see cref="ZoneReloader"/>.</summary>
public sealed record ReloadingOptions
{
    /// <summary>Whether a change of a file that was read loads the zones again.</summary>
    public bool WatchFiles { get; init; } = true;

    /// <summary>How often files are compared even when the system reports no change, as over NFS or by a symbolic link's exchange.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long changed files have to stay as they are before they are read.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Octets on the heap from which a load is followed by a collection: a compacting one before anything is served, one beside the workers later.</summary>
    public long CompactionThreshold { get; init; } = 64 * 1024 * 1024;
}
