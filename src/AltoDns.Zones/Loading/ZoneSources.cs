// What an operator asks to be served: policies, and plain zones beside them.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Transferred;

namespace AltoDns.Zones.Loading;

/// <summary>A zone that is served as its file has it, with no policy.</summary>
/// <param name="Path">A master file.</param>
/// <param name="Position">Where the zone was named; the file itself for one from the command line.</param>
public sealed record PlainZone(DomainName Origin, string Path, SourcePosition Position);

/// <summary>A zone that is served as another server has it.</summary>
/// <param name="Position">Where the zone was named.</param>
public sealed record SecondaryOrigin(DomainName Origin, SourcePosition Position);

/// <summary>Where zones come from.</summary>
public sealed record ZoneSources
{
    /// <summary>Files, and folders of which every <c>*.yaml</c> and <c>*.yml</c> is read.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    public IReadOnlyList<PlainZone> PlainZones { get; init; } = [];

    /// <summary>Lists of plain zones, see <see cref="ZoneListReader"/>.</summary>
    public IReadOnlyList<string> ZoneLists { get; init; } = [];

    /// <summary>Zones that are served as they come from another server.</summary>
    public IReadOnlyList<SecondaryOrigin> Secondaries { get; init; } = [];

    /// <summary>What has come from other servers, for <see cref="Secondaries"/> and for policies with a transferred base; null where nothing does.</summary>
    public TransferredZones? Transferred { get; init; }

    /// <summary>Opens policies and the files that they name; null for those of the file system.</summary>
    public FileOpener? Open { get; init; }
}

/// <summary>What loading came to.</summary>
/// <param name="Zones">Null where anything has an error: nothing half-loaded is served.</param>
/// <param name="Policies">The policies read; empty where any of them has errors. One that was taken over from an earlier load has no assignments.</param>
/// <param name="Problems">In the order of the sources.</param>
/// <param name="Files">All files and folders whose change may change the outcome, also where loading failed.</param>
public sealed record LoadedZones(
    ZoneSet? Zones, IReadOnlyList<PolicyDocument> Policies, IReadOnlyList<Problem> Problems, IReadOnlyList<string> Files)
{
    /// <summary>The zones that are to be signed, and how; the others are served as they are.</summary>
    public IReadOnlyDictionary<DomainName, DnssecPolicy> Signing { get; } = Policies
        .Where(policy => policy.Dnssec is not null)
        .SelectMany(policy => ZoneContent.Of(policy).Select(zone => (zone.Origin, policy.Dnssec!)))
        .DistinctBy(zone => zone.Origin)
        .ToDictionary();

    /// <summary>The files of policies that were taken over from an earlier load.</summary>
    public IReadOnlySet<string> TakenOver { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The zones that policies build on and other servers have, also where loading failed as far as they are known.</summary>
    public IReadOnlyList<BaseZoneDocument> Transfers { get; init; } = [];

    /// <summary>Where loading failed: the zones of the load before, those of other servers as they are now; null where there was none.</summary>
    public ZoneSet? Kept { get; init; }

    /// <summary>The file that each zone comes from: its policy, or its zone file.</summary>
    public IReadOnlyDictionary<DomainName, string> ZoneFiles { get; init; } = new Dictionary<DomainName, string>();

    /// <summary>The zones whose serials are ours to choose, and how.</summary>
    public IReadOnlyDictionary<DomainName, SerialPolicy> Numbering { get; } = Policies
        .Where(policy => policy.Soa is { Serial: null })
        .SelectMany(policy => ZoneContent.Of(policy).Select(zone => (zone.Origin, policy.Soa!.SerialPolicy)))
        .DistinctBy(zone => zone.Origin)
        .ToDictionary();

    /// <summary>A warning for each zone that is not served as it has to come from another server first.</summary>
    public IEnumerable<Problem> NotesOnUnavailable => (Zones?.Unavailable ?? new Dictionary<DomainName, Unavailability>()).OrderBy(zone => zone.Key).Select(zone => new Problem(
        Severity.Warning,
        Transfers.FirstOrDefault(document => document.Origin == zone.Key)?.Position ?? new SourcePosition($"zone {zone.Key}", 0, 0),
        zone.Value == Unavailability.Expired
            ? $"What has come of zone {zone.Key} has expired; it is answered SERVFAIL."
            : $"Zone {zone.Key} comes from another server and is not in the state folder; until it has come it is answered SERVFAIL.",
        "Name the state folder of the server with --state to look at what it has."));

    /// <summary>What the next load can take over; null where anything has an error.</summary>
    internal LoadMemory? Memory { get; init; }
}
