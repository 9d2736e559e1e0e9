// What an operator asks to be served: policies, and plain zones beside them.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Loading;

/// <summary>A zone that is served as its file has it, with no policy.</summary>
/// <param name="Path">A master file.</param>
/// <param name="Position">Where the zone was named; the file itself for one from the command line.</param>
public sealed record PlainZone(DomainName Origin, string Path, SourcePosition Position);

/// <summary>Where zones come from.</summary>
public sealed record ZoneSources
{
    /// <summary>Files, and folders of which every <c>*.yaml</c> and <c>*.yml</c> is read.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    public IReadOnlyList<PlainZone> PlainZones { get; init; } = [];

    /// <summary>Lists of plain zones, see <see cref="ZoneListReader"/>.</summary>
    public IReadOnlyList<string> ZoneLists { get; init; } = [];

    /// <summary>Whether there may be no zone at all, as other servers send some.</summary>
    public bool MayBeEmpty { get; init; }

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

    /// <summary>The file that each zone comes from: its policy, or its zone file.</summary>
    public IReadOnlyDictionary<DomainName, string> ZoneFiles { get; init; } = new Dictionary<DomainName, string>();

    /// <summary>The zones whose serials are ours to choose, and how.</summary>
    public IReadOnlyDictionary<DomainName, SerialPolicy> Numbering { get; } = Policies
        .Where(policy => policy.Soa is { Serial: null })
        .SelectMany(policy => ZoneContent.Of(policy).Select(zone => (zone.Origin, policy.Soa!.SerialPolicy)))
        .DistinctBy(zone => zone.Origin)
        .ToDictionary();

    /// <summary>What the next load can take over; null where anything has an error.</summary>
    internal LoadMemory? Memory { get; init; }
}
