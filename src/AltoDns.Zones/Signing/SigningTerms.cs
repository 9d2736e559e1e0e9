// With what a zone is signed, until when, and how its absences are proved.

using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Signing;

/// <summary>How a zone proves that a name or a type does not exist.</summary>
public enum DenialMethod
{
    /// <summary>A chain of names (RFC 4034 §4): resolvers can answer misses themselves (RFC 8198).</summary>
    Nsec,

    /// <summary>A chain of hashed names without iterations and salt (RFC 5155, RFC 9276 §3.1).</summary>
    Nsec3,

    /// <summary>The same without unsigned delegations, which then may be there or not (RFC 5155 §6).</summary>
    Nsec3OptOut,
}

/// <summary>Everything but the zone that goes into signing it. The keys stay the caller's.</summary>
public sealed record SigningTerms
{
    /// <summary>The DNSKEY RRset, signing keys and those only announced.</summary>
    public required IReadOnlyList<DnskeyData> Dnskeys { get; init; }

    /// <summary>The keys that sign the DNSKEY, CDS and CDNSKEY RRsets (RFC 7344 §4.1).</summary>
    public required IReadOnlyList<DnssecSigningKey> KeySigners { get; init; }

    /// <summary>The keys that sign everything else.</summary>
    public required IReadOnlyList<DnssecSigningKey> ZoneSigners { get; init; }

    /// <summary>The CDS and CDNSKEY records at the apex, possibly none.</summary>
    public IReadOnlyList<RecordData> ParentSignals { get; init; } = [];

    /// <summary>Seconds, of the DNSKEY, CDS and CDNSKEY RRsets.</summary>
    public uint KeyTimeToLive { get; init; } = 3600;

    public DenialMethod Denial { get; init; }

    /// <summary>Whether the zone gets a digest over all of it (RFC 8976).</summary>
    public bool AddDigest { get; init; }

    /// <summary>The SOA serial of the signed zone.</summary>
    public required uint Serial { get; init; }

    public required SignatureTimes Times { get; init; }

    /// <summary>Whether these keys, and not those of the zone, sign an RRset of this type at the apex.</summary>
    internal static bool IsSignedByKeySigners(RecordType type) => type is RecordType.DNSKEY or RecordType.CDS or RecordType.CDNSKEY;
}
