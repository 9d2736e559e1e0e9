// What one attempt to load all zones came to.

using System.Collections.ObjectModel;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Updating;

namespace AltoDns.Server.Reloading;

/// <param name="Zones">Null where an error keeps the load from being served.</param>
/// <param name="Problems">Errors and warnings in the order found; at least one error where <paramref name="Zones"/> is null.</param>
/// <param name="Files">
/// Everything whose change may change the outcome, also where the load failed: files, those missing included, and
/// folders whose entries were listed.
/// </param>
public sealed record ZoneLoadResult(ZoneSet? Zones, IReadOnlyList<Problem> Problems, IReadOnlyList<string> Files)
{
    /// <summary>The zones whose serials are ours to choose, and how.</summary>
    public IReadOnlyDictionary<DomainName, SerialPolicy> Numbering { get; init; } = ReadOnlyDictionary<DomainName, SerialPolicy>.Empty;

    /// <summary>The zones that are to be signed before they are served, and how.</summary>
    public IReadOnlyDictionary<DomainName, DnssecPolicy> Signing { get; init; } = ReadOnlyDictionary<DomainName, DnssecPolicy>.Empty;

    /// <summary>Which zones policies make, as <see cref="UpdatableZone.Of"/> tells; others cannot be updated.</summary>
    public IReadOnlyDictionary<DomainName, UpdatableZone> Updatable { get; init; } = ReadOnlyDictionary<DomainName, UpdatableZone>.Empty;

    /// <summary>For zones that were edited, what may differ, so that nobody has to compare them.</summary>
    public IReadOnlyDictionary<DomainName, KnownChange> Changes { get; init; } = NoChanges;

    internal static IReadOnlyDictionary<DomainName, KnownChange> NoChanges => ReadOnlyDictionary<DomainName, KnownChange>.Empty;
    /// <summary>The zones that policies build on and other servers have.</summary>
    public IReadOnlyList<BaseZoneDocument> Transfers { get; init; } = [];

    /// <summary>Where the load failed: the zones of the load before, those of other servers as they are now; null where nothing of them changed.</summary>
    public ZoneSet? Kept { get; init; }

    /// <summary>The file that each zone comes from: its policy, or its zone file.</summary>
    public IReadOnlyDictionary<DomainName, string> ZoneFiles { get; init; } = ReadOnlyDictionary<DomainName, string>.Empty;

    /// <summary>Puts in force what goes with the zones, just before they are served; called by the thread that loads; null for nothing.</summary>
    public Action? Adopt { get; init; }
}

/// <param name="Before">The unsigned version that the edits were made in.</param>
/// <param name="Names">All names whose records may differ, in any order.</param>
public sealed record KnownChange(ZoneSnapshot Before, IReadOnlyList<DomainName> Names);

/// <summary>The zones could not be loaded when the server started, so that there is nothing to serve.</summary>
public sealed class ZonesNotLoadedException(IReadOnlyList<Problem> problems)
    : Exception($"The zones have {problems.Count(problem => problem.Severity == Severity.Error)} error(s); nothing is served.")
{
    /// <summary>Errors and warnings in the order found.</summary>
    public IReadOnlyList<Problem> Problems { get; } = problems;
}
