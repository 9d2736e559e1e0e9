// What an update needs to know of a zone besides its records: whose they are.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Loading;

namespace AltoDns.Zones.Updating;

/// <summary>Immutable.</summary>
/// <param name="Reverse">The part of the reverse tree that a policy publishes here; null for other zones.</param>
/// <param name="IsPolicys">Whether a policy makes records of the zone; else all are a file's or another server's.</param>
/// <param name="IsSigned">Whether this server signs it, so that its keys are no client's affair.</param>
public sealed record UpdatableZone(ReverseZone? Reverse, bool IsPolicys, bool IsSigned)
{
    /// <summary>A zone that is served as its file has it.</summary>
    public static UpdatableZone Plain { get; } = new(null, IsPolicys: false, IsSigned: false);

    /// <summary>The zones that policies and zone files make, by origin; all others are another server's, and its to change (RFC 2136 §6).</summary>
    public static IReadOnlyDictionary<DomainName, UpdatableZone> Of(LoadedZones loaded) => loaded.Policies
        .SelectMany(policy => ZoneContent.Of(policy).Select(zone => (zone.Origin, Terms: new UpdatableZone(zone.Zone, true, policy.Dnssec is not null))))
        .Concat(loaded.ZoneFiles.Keys.Select(origin => (Origin: origin, Terms: Plain)))
        .DistinctBy(zone => zone.Origin)
        .ToDictionary(zone => zone.Origin, zone => zone.Terms);

    /// <summary>Whether the records of this type that the zone has without updates are the policy's and nobody else's to change.</summary>
    /// <param name="isApex">Whether it is the apex that owns them.</param>
    internal bool IsProtected(RecordType type, bool isApex) => IsPolicys && type switch
    {
        RecordType.SOA => isApex,
        RecordType.NS => true,

        // Delegations and the DNAME of a pool look the same whether policy or base zone has them.
        RecordType.DS or RecordType.DNAME => true,

        // Outside the reverse tree the policy makes those of its servers' certificates.
        RecordType.TLSA => Reverse is null,
        _ => false,
    };

    /// <summary>Whether the server makes the records of this type, so that no update may.</summary>
    internal bool IsMadeHere(RecordType type) => type switch
    {
        RecordType.RRSIG or RecordType.NSEC or RecordType.NSEC3 or RecordType.NSEC3PARAM => true,
        RecordType.DNSKEY or RecordType.CDS or RecordType.CDNSKEY => IsSigned,
        _ => false,
    };
}
