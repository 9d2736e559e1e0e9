// Checks one signature over one RRset with one key, and says what is wrong. Which keys to trust is the caller's to know.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

/// <summary>What became of a signature (RFC 4035 §5.3).</summary>
public enum SignatureOutcome
{
    Valid,

    /// <summary>The signature covers another type.</summary>
    OtherType,

    /// <summary>The owner is not at or below the signer.</summary>
    OutsideSigner,

    /// <summary>The Labels field exceeds the owner's labels.</summary>
    TooManyLabels,

    /// <summary>The key is not the signer's: another tag or algorithm.</summary>
    OtherKey,

    /// <summary>The key may not sign zone data: no zone key flag, revoked, or a Protocol field other than 3.</summary>
    NotZoneKey,

    /// <summary>The inception lies ahead.</summary>
    NotYetValid,

    /// <summary>The expiration has passed.</summary>
    Expired,

    /// <summary>Expiration before inception: there is no time at which it holds.</summary>
    NeverValid,

    /// <summary>The octets are not what the key signed.</summary>
    WrongSignature,
}

/// <summary>Verifies RRSIG records. Keeps buffers: one thread at a time.</summary>
public sealed class RrsigVerifier
{
    private readonly SignedDataBuilder _builder = new();

    /// <summary>Checks every condition of RFC 4035 §5.3.1 that one signature and one key can show, then the signature.</summary>
    /// <param name="owner">The RRset's owner as answered.</param>
    /// <param name="records">The whole RRset, in any order.</param>
    /// <param name="now">Seconds since 1970, as the low 32 bits.</param>
    /// <remarks>
    /// A valid signature with fewer labels than the owner has shows a wildcard's answer, see <see cref="IsWildcardExpansion"/>;
    /// that no closer name exists is for the caller to prove. The TTL may not exceed the signature's original TTL nor outlive it.
    /// </remarks>
    public SignatureOutcome Verify(DomainName owner, IReadOnlyCollection<RecordData> records, RrsigData signature, DnssecPublicKey key, uint now)
    {
        if (Begin(owner.Wire, signature, key, now) is var outcome and not SignatureOutcome.Valid)
        {
            return outcome;
        }

        foreach (var record in records)
        {
            if (record.RecordType != signature.TypeCovered)
            {
                return SignatureOutcome.OtherType;
            }

            Add(record.ToWire());
        }

        return Finish(signature, key);
    }

    /// <summary>The same in steps, over data in wire form: <see cref="Begin"/>; where that is valid <see cref="Add"/> each record, then <see cref="Finish"/>.</summary>
    /// <param name="owner">In wire form.</param>
    public SignatureOutcome Begin(ReadOnlySpan<byte> owner, RrsigData signature, DnssecPublicKey key, uint now)
    {
        var outcome = CheckFields(owner, signature, key, now);
        if (outcome == SignatureOutcome.Valid)
        {
            _builder.Begin(RrsigFields.Of(signature), signature.Signer.Wire, owner);
        }

        return outcome;
    }

    /// <param name="data">Uncompressed; copied.</param>
    public void Add(ReadOnlySpan<byte> data) => _builder.Add(data);

    public SignatureOutcome Finish(RrsigData signature, DnssecPublicKey key) =>
        key.Verify(_builder.Finish(), signature.Signature.Span) ? SignatureOutcome.Valid : SignatureOutcome.WrongSignature;

    /// <summary>Whether the signature is that of a wildcard from which the owner was made (RFC 4035 §5.3.2).</summary>
    public static bool IsWildcardExpansion(DomainName owner, RrsigData signature) => signature.Labels < RrsigFields.LabelsOf(owner.Wire);

    private static SignatureOutcome CheckFields(ReadOnlySpan<byte> owner, RrsigData signature, DnssecPublicKey key, uint now)
    {
        if (!WireName.IsSubdomainOf(owner, signature.Signer.Wire))
        {
            return SignatureOutcome.OutsideSigner;
        }

        if (signature.Labels > RrsigFields.LabelsOf(owner))
        {
            return SignatureOutcome.TooManyLabels;
        }

        if (signature.Algorithm != key.Algorithm || signature.KeyTag != key.Tag)
        {
            return SignatureOutcome.OtherKey;
        }

        if (!key.Data.IsZoneKey() || key.Data.Protocol != DnssecKey.Protocol || IsBarredByRevocation(signature, key))
        {
            return SignatureOutcome.NotZoneKey;
        }

        return CheckTime(signature, now);
    }

    // RFC 5011 §2.1: a revoked key goes on signing the DNSKEY RRset, so that its revocation is believed.
    private static bool IsBarredByRevocation(RrsigData signature, DnssecPublicKey key) =>
        key.Data.IsRevoked() && signature.TypeCovered != RecordType.DNSKEY;

    private static SignatureOutcome CheckTime(RrsigData signature, uint now)
    {
        if (SerialNumber.Compare(signature.Expiration, signature.Inception) < 0)
        {
            return SignatureOutcome.NeverValid;
        }

        if (SerialNumber.Compare(now, signature.Inception) < 0)
        {
            return SignatureOutcome.NotYetValid;
        }

        return SerialNumber.Compare(now, signature.Expiration) > 0 ? SignatureOutcome.Expired : SignatureOutcome.Valid;
    }
}
