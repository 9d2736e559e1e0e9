// Checks the signatures of one RRset after another.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>The zone keys of a DNSKEY RRset that can verify, and the algorithms that every RRset has to be signed with. Immutable.</summary>
internal sealed record VerificationKeys(IReadOnlyList<DnskeyData> Keys, IReadOnlyList<DnssecAlgorithm> Algorithms)
{
    /// <summary>Reads the apex DNSKEY RRset; that there is none, or none that can be used, is a fault.</summary>
    public static VerificationKeys Of(ZoneSnapshot zone, FaultList faults)
    {
        var rrset = zone.FindRRset(ZoneSnapshot.Apex, RecordType.DNSKEY);
        var keys = new List<DnskeyData>();
        foreach (var data in new RRsetDataEnumerator(rrset < 0 ? default : zone.DataOf(zone.RRset(rrset))))
        {
            var reader = WireReader.OverData(data);
            if (DnskeyData.TryRead(ref reader, out var key) && key.IsZoneKey() && key.Protocol == DnssecKey.Protocol)
            {
                keys.Add(key);
            }
        }

        if (keys.Count == 0)
        {
            faults.Add(zone.Origin.Wire, RecordType.DNSKEY, "there is no zone key, so nothing can be verified");
        }
        else if (!keys.Exists(key => key.Algorithm.IsSupported()))
        {
            faults.Add(
                zone.Origin.Wire, RecordType.DNSKEY, $"the algorithm {keys[0].Algorithm.Mnemonic()} cannot be verified here");
        }

        return new VerificationKeys(
            [.. keys.Where(key => key.Algorithm.IsSupported())], [.. keys.Where(key => !key.IsRevoked()).Select(key => key.Algorithm).Distinct()]);
    }
}

/// <summary>Has platform handles and buffers of its own, so one for each thread.</summary>
internal sealed class RRsetVerifier : IDisposable
{
    private readonly ZoneSnapshot _zone;
    private readonly VerificationKeys _known;
    private readonly uint _now;
    private readonly List<DnssecPublicKey> _keys = [];
    private readonly RrsigVerifier _verifier = new();
    private readonly HashSet<DnssecAlgorithm> _signedWith = [];
    private bool _trusts;

    public RRsetVerifier(ZoneSnapshot zone, VerificationKeys known, uint now)
    {
        _zone = zone;
        _known = known;
        _now = now;
        foreach (var data in known.Keys)
        {
            if (DnssecPublicKey.TryCreate(data, out var key))
            {
                _keys.Add(key);
            }
        }
    }

    /// <summary>Checks one RRset.</summary>
    /// <param name="owner">In wire form and lower case.</param>
    /// <param name="trusted">Signatures of the very same RRset that were verified before; of these only fields and times are checked.</param>
    public void Check(ReadOnlySpan<byte> owner, NodeFlags flags, int rrset, ReadOnlySpan<byte> trusted, FaultList faults)
    {
        _trusts = !trusted.IsEmpty && trusted.SequenceEqual(_zone.SignaturesOf(rrset));
        var type = _zone.RRset(rrset).Type;
        var signatures = _zone.SignaturesOf(rrset);
        if (!DenialTypes.IsSigned(flags, type))
        {
            if (!signatures.IsEmpty)
            {
                faults.Add(owner, type, "it is not the zone's own data, yet it is signed");
            }

            return;
        }

        _signedWith.Clear();
        foreach (var signature in new RRsetDataEnumerator(signatures))
        {
            CheckSignature(owner, rrset, signature, faults);
        }

        // RFC 6840 §5.11: each algorithm of the DNSKEY RRset signs the whole zone.
        foreach (var algorithm in _known.Algorithms)
        {
            if (!_signedWith.Contains(algorithm))
            {
                faults.Add(owner, type, $"there is no valid signature of algorithm {algorithm.Mnemonic()}");
            }
        }
    }

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    private void CheckSignature(ReadOnlySpan<byte> owner, int rrset, ReadOnlySpan<byte> data, FaultList faults)
    {
        ref readonly var set = ref _zone.RRset(rrset);
        var reader = WireReader.OverData(data);
        if (!RrsigData.TryRead(ref reader, out var signature))
        {
            faults.Add(owner, set.Type, "a signature is malformed");
            return;
        }

        if (!signature.Algorithm.IsSupported())
        {
            // That it is there is all that can be said of it.
            _signedWith.Add(signature.Algorithm);
            return;
        }

        var fault = FaultOf(owner, set, signature, out var isByKnownKey);
        if (fault is null && isByKnownKey)
        {
            _signedWith.Add(signature.Algorithm);
        }
        else if (fault is not null)
        {
            faults.Add(owner, set.Type, $"the signature of key {signature.KeyTag} {fault}");
        }

        faults.SignaturesChecked += isByKnownKey && !_trusts ? 1 : 0;
    }

    private string? FaultOf(ReadOnlySpan<byte> owner, in RRset set, RrsigData signature, out bool isByKnownKey)
    {
        isByKnownKey = false;
        string? fault = null;
        foreach (var key in _keys)
        {
            if (key.Tag != signature.KeyTag || key.Algorithm != signature.Algorithm)
            {
                continue;
            }

            // Two keys may share a tag; one that verifies suffices.
            isByKnownKey = true;
            fault = FaultOf(owner, set, signature, key);
            if (fault is null)
            {
                return null;
            }
        }

        return fault;
    }

    private string? FaultOf(ReadOnlySpan<byte> owner, in RRset set, RrsigData signature, DnssecPublicKey key)
    {
        if (signature.Signer != _zone.Origin)
        {
            return $"names {signature.Signer} as the signer, which is not the zone";
        }

        if (signature.TypeCovered != set.Type || signature.Labels != RrsigFields.LabelsOf(owner))
        {
            return "has a type or a label count that is not the RRset's";
        }

        if (signature.OriginalTimeToLive != set.TimeToLive)
        {
            return $"is for TTL {signature.OriginalTimeToLive}, which is {set.TimeToLive} here";
        }

        var outcome = _verifier.Begin(owner, signature, key, _now);
        if (outcome == SignatureOutcome.Valid && !_trusts)
        {
            foreach (var record in new RRsetDataEnumerator(_zone.DataOf(set)))
            {
                _verifier.Add(record);
            }

            outcome = _verifier.Finish(signature, key);
        }

        return outcome switch
        {
            SignatureOutcome.Valid => null,
            SignatureOutcome.NotYetValid => $"begins at {SignatureTime.ToString(signature.Inception)}, which is still to come",
            SignatureOutcome.Expired => $"expired at {SignatureTime.ToString(signature.Expiration)}",
            SignatureOutcome.NeverValid => "expires before it begins",
            SignatureOutcome.NotZoneKey => "is by a key that may not sign the zone",
            SignatureOutcome.WrongSignature => "is not that of the records",
            _ => "does not fit the RRset",
        };
    }
}
