// How the zones of a policy are signed and how their keys are rolled.

using System.Net;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Configuration;

/// <summary>How a signed zone proves that something does not exist.</summary>
public enum DenialMethod
{
    /// <summary>RFC 4034 §4; resolvers then answer misses themselves (RFC 8198).</summary>
    Nsec,

    /// <summary>RFC 5155 without salt or extra iterations (RFC 9276 §3.1).</summary>
    Nsec3,
}

/// <summary>Which keys a zone has.</summary>
public enum KeyLayout
{
    /// <summary>One key signs everything (CSK).</summary>
    Combined,

    /// <summary>A key-signing key for the DNSKEY RRset and a zone-signing key for the rest (RFC 6781 §3.1).</summary>
    Split,
}

/// <summary>What the zone asks of its parent by CDS and CDNSKEY records.</summary>
public enum ParentRequest
{
    /// <summary>DS records for the keys that are ready for them (RFC 7344).</summary>
    Publish,

    /// <summary>Nothing: the operator brings the DS records to the parent.</summary>
    None,

    /// <summary>That the DS records be removed, so that the zone can be left unsigned afterwards (RFC 8078 §4).</summary>
    Delete,
}

/// <summary>The <c>dnssec</c> section. Immutable; the defaults are those of <c>dnssec: on</c>.</summary>
public sealed record DnssecPolicy
{
    public DnssecAlgorithm Algorithm { get; init; } = DnssecAlgorithm.EcdsaP256Sha256;

    public DenialMethod Denial { get; init; } = DenialMethod.Nsec;

    /// <summary>Whether NSEC3 leaves unsigned delegations out (RFC 5155 §6); never with NSEC.</summary>
    public bool OptOut { get; init; }

    public KeyLayout Keys { get; init; } = KeyLayout.Combined;

    /// <summary>From now to the expiration of a new signature, before jitter.</summary>
    public TimeSpan SignatureLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>A signature with less than this to live is made anew.</summary>
    public TimeSpan SignatureRefresh { get; init; } = TimeSpan.FromDays(14) / 3;

    /// <summary>At most this much is taken from each signature's lifetime, so that they do not expire together.</summary>
    public TimeSpan Jitter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long before now a new signature begins: for validators whose clocks are slow.</summary>
    public TimeSpan InceptionOffset { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether the zone carries a digest of itself (RFC 8976).</summary>
    public bool ZoneMd { get; init; }

    /// <summary>After this a key-signing or combined key is replaced; null: only when asked for.</summary>
    public TimeSpan? KeySigningLifetime { get; init; }

    /// <summary>After this a zone-signing key is replaced; null: only when asked for.</summary>
    public TimeSpan? ZoneSigningLifetime { get; init; }

    /// <summary>The parent's servers, asked for the DS RRset; empty: the system's resolvers are.</summary>
    public IReadOnlyList<IPEndPoint> Parents { get; init; } = [];

    public ParentRequest Cds { get; init; } = ParentRequest.Publish;

    /// <summary>TTL of the DNSKEY, CDS and CDNSKEY RRsets.</summary>
    public TimeSpan DnskeyTimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Until every secondary has a change of the zone (RFC 7583 §1.2: Dprp).</summary>
    public TimeSpan PropagationDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The TTL that the parent gives the DS RRset; what it was seen with counts where that is more.</summary>
    public TimeSpan ParentDsTimeToLive { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Until every server of the parent has a change of the DS RRset (RFC 7583 §1.2: DprpP).</summary>
    public TimeSpan ParentPropagationDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Added to every delay, so that a clock that is off by this much, or put right in between, breaks nothing.</summary>
    public TimeSpan SafetyMargin { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Between two questions to the parent while a key waits for it; more than zero.</summary>
    public TimeSpan ParentCheckInterval { get; init; } = TimeSpan.FromMinutes(10);
}
