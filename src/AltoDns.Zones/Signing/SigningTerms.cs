// With what a zone is signed, until when, and how its absences are proved.

using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;

namespace AltoDns.Zones.Signing;

/// <summary>Everything but the zone that goes into signing it. The keys stay the caller's.</summary>
/// <param name="Serial">The SOA serial of the signed zone.</param>
/// <param name="Now">When it is signed.</param>
public sealed record SigningTerms(ZoneKeySet Keys, DnssecPolicy Policy, uint Serial, DateTimeOffset Now)
{
    /// <summary>Signatures that fall due within this time are made anew together with those that are due.</summary>
    public TimeSpan Ahead { get; init; }

    public SignatureTimes Times => SignatureTimes.Of(Policy, Now, Ahead);

    internal bool HasNsec => Policy.Denial == DenialMethod.Nsec;

    internal bool HasOptOut => Policy is { Denial: DenialMethod.Nsec3, OptOut: true };

    /// <summary>The keys that sign an RRset of this type (RFC 7344 §4.1 for CDS and CDNSKEY).</summary>
    internal IReadOnlyList<DnssecSigningKey> SignersOf(RecordType type) => IsForParent(type) ? Keys.DnskeySigners : Keys.ZoneSigners;

    /// <summary>Whether RRsets of this type are signed for the parent to follow.</summary>
    internal static bool IsForParent(RecordType type) => type is RecordType.DNSKEY or RecordType.CDS or RecordType.CDNSKEY;
}
