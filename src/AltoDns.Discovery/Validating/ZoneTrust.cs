// What is known of one zone, or of a name that is the apex of none: its verified keys, or why there are none.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Discovery.Validating;

internal enum TrustState
{
    /// <summary>The keys are verified.</summary>
    Secure,

    /// <summary>It is proven that there is no way to verify: an unsigned delegation at or above, or algorithms unknown here.</summary>
    Insecure,

    /// <summary>No trust anchor is at or above the name.</summary>
    Indeterminate,

    /// <summary>The chain is broken where it should not be.</summary>
    Bogus,

    /// <summary>What is needed could not be asked for.</summary>
    Unknown,
}

/// <param name="Apex">The zone; above the name asked about where that is the apex of none.</param>
/// <param name="Expires">Until when this may be believed without asking again.</param>
/// <param name="Fault">In words, of bogus and unknown.</param>
internal sealed record ZoneTrust(TrustState State, DomainName Apex, DateTimeOffset Expires, ZoneKeys? Keys = null, string? Fault = null);

/// <summary>The outcome of verifying one RRset.</summary>
/// <param name="ClosestEncloserLabels">Labels of the closest encloser where the RRset was made from a wildcard; otherwise -1.</param>
/// <param name="TimeToLive">Seconds that the signature allows.</param>
/// <param name="Fault">Null where it is verified.</param>
internal readonly record struct RRsetVerdict(string? Fault, int ClosestEncloserLabels, uint TimeToLive)
{
    public bool IsValid => Fault is null;
}

/// <summary>The keys of one zone that may sign its records. Safe for several threads.</summary>
internal sealed class ZoneKeys(DomainName apex, IEnumerable<DnskeyData> keys)
{
    private readonly RrsigVerifier _verifier = new();
    private readonly Lock _gate = new();
    private readonly List<DnssecPublicKey> _keys = [.. keys.Where(IsUsable).Take(WorkBudget.MaxKeys).Select(Make).OfType<DnssecPublicKey>()];

    public DomainName Apex { get; } = apex;

    /// <summary>Verifies an RRset with any of the signatures that this zone made (RFC 4035 §5.3).</summary>
    /// <param name="records">The RRset, at least one record, as in the response.</param>
    /// <param name="signatures">RRSIG data that cover its type, of any signer.</param>
    public RRsetVerdict Verify(
        IReadOnlyList<ResourceRecord> records, IReadOnlyList<RrsigData> signatures, DateTimeOffset time, WorkBudget budget)
    {
        var owner = records[0].Owner;
        var data = records.Select(record => record.Data).ToList();
        var now = (uint)time.ToUnixTimeSeconds();
        var fault = "no signature of the zone's keys";
        foreach (var signature in signatures.Where(signature => signature.Signer == Apex).Take(WorkBudget.MaxSignatures))
        {
            foreach (var key in _keys.Where(key => key.Tag == signature.KeyTag && key.Algorithm == signature.Algorithm).Take(WorkBudget.MaxKeysPerTag))
            {
                if (!budget.TryVerify())
                {
                    return new RRsetVerdict("more signatures than are worth the work", -1, 0);
                }

                SignatureOutcome outcome;
                lock (_gate)
                {
                    outcome = _verifier.Verify(owner, data, signature, key, now);
                }

                if (outcome == SignatureOutcome.Valid)
                {
                    return Accept(records, signature, now);
                }

                budget.AddFailure();
                fault = Describe(outcome);
            }
        }

        return new RRsetVerdict($"{owner} {records[0].Type.Mnemonic()}: {fault}", -1, 0);
    }

    private static RRsetVerdict Accept(IReadOnlyList<ResourceRecord> records, RrsigData signature, uint now)
    {
        // RFC 4035 §5.3.3: neither longer than was signed nor longer than the signature holds.
        var timeToLive = Math.Min(records.Min(record => record.TimeToLive), Math.Min(signature.OriginalTimeToLive, signature.Expiration - now));
        return new RRsetVerdict(null, RrsigVerifier.IsWildcardExpansion(records[0].Owner, signature) ? signature.Labels : -1, timeToLive);
    }

    // RFC 4034 §2.1.1, RFC 5011 §2.1: only zone keys, and none that was withdrawn.
    private static bool IsUsable(DnskeyData key) =>
        key.IsZoneKey() && !key.IsRevoked() && key.Protocol == DnssecKey.Protocol && key.Algorithm.IsSupported();

    private static DnssecPublicKey? Make(DnskeyData data) => DnssecPublicKey.TryCreate(data, out var key) ? key : null;

    private static string Describe(SignatureOutcome outcome) => outcome switch
    {
        SignatureOutcome.Expired => "the signature has expired",
        SignatureOutcome.NotYetValid => "the signature is not valid yet",
        SignatureOutcome.WrongSignature => "the signature is wrong",
        _ => $"the signature does not fit ({outcome})",
    };
}
