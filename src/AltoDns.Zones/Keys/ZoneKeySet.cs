// The keys of one zone as its signer sees them at one moment.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Keys;

/// <summary>
/// What to publish and what to sign with; immutable. The signer puts <see cref="Dnskeys"/>, <see cref="Cds"/> and
/// <see cref="Cdnskeys"/> at the apex with TTL <see cref="TimeToLive"/>, signs those three RRsets with every key of
/// <see cref="DnskeySigners"/>, and every other authoritative RRset with every key of <see cref="ZoneSigners"/>; no signature of
/// another key stays. A key may sign before its DNSKEY is published and after (RFC 6781 §4.1.4), and may be in both lists.
/// Once a zone signed so is served, <see cref="ZoneKeys.Confirm"/> is told, since a roll-over waits from then on.
/// </summary>
public sealed class ZoneKeySet
{
    public required DomainName Apex { get; init; }

    /// <summary>Grows with every change of what is published or signed with; a zone signed with another generation is out of date.</summary>
    public required long Generation { get; init; }

    /// <summary>The DNSKEY RRset, at least one record.</summary>
    public required IReadOnlyList<DnskeyData> Dnskeys { get; init; }

    /// <summary>Sign the DNSKEY, CDS and CDNSKEY RRsets; at least one. Signing threads take clones.</summary>
    public required IReadOnlyList<DnssecSigningKey> DnskeySigners { get; init; }

    /// <summary>Sign everything else; at least one. Signing threads take clones.</summary>
    public required IReadOnlyList<DnssecSigningKey> ZoneSigners { get; init; }

    /// <summary>Possibly none; one with algorithm 0 asks the parent to remove its DS records (RFC 8078 §4).</summary>
    public required IReadOnlyList<CdsData> Cds { get; init; }

    /// <inheritdoc cref="Cds"/>
    public required IReadOnlyList<CdnskeyData> Cdnskeys { get; init; }

    /// <summary>TTL of the three RRsets, in seconds.</summary>
    public required uint TimeToLive { get; init; }

    /// <summary>When <see cref="ZoneKeys.Advance"/> has something to do again; null: only on a change of policy or parent, or a request.</summary>
    public required DateTimeOffset? NextStep { get; init; }

    /// <summary>Whether a key waits for the parent to publish or to remove its DS record.</summary>
    public required bool AwaitsParent { get; init; }
}
