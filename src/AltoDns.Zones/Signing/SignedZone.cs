// What signing a zone came to.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>Not verified yet: see <see cref="Verify"/>.</summary>
/// <param name="Made">Signatures made.</param>
/// <param name="Kept">Signatures taken over from the version before, where they were looked at.</param>
/// <param name="FirstExpiration">The first at which one of those expires, in the 32 bits of RRSIG records.</param>
public sealed record SignedZone(ZoneSnapshot Zone, int Made, int Kept, uint FirstExpiration)
{
    /// <summary>The owners that were signed anew, all others being as in the version before; null for all, see <see cref="OwnedRRsets"/>.</summary>
    internal IReadOnlyList<int>? Resigned { get; init; }

    /// <summary>Names whose RRsets may differ from those of the version before, in any order; of no use where <see cref="IsWhole"/>.</summary>
    public IReadOnlyList<DomainName> Changed { get; internal init; } = [];

    /// <summary>The version before that signatures were taken over from; it was verified.</summary>
    internal ZoneSnapshot? Previous { get; init; }

    /// <summary>Signatures of an earlier run, which verified them, that some were taken over from.</summary>
    internal KeptSignatures? Earlier { get; init; }

    /// <summary>Whether the whole zone was laid out anew, and not edited out of the version before.</summary>
    public bool IsWhole => Resigned is null;

    /// <summary>Checks what was signed: the whole zone, or the names and links that are not as in the version before. Signatures of the version before are not computed again, as they were checked then.</summary>
    public VerificationResult Verify(DateTimeOffset now) => (Resigned, Earlier) switch
    {
        ({ } owners, _) => ZoneVerifier.Verify(Zone, now, owners, Previous),
        (null, { } earlier) => ZoneVerifier.Verify(Zone, now, earlier),
        _ => ZoneVerifier.Verify(Zone, now, Previous),
    };

    internal static SignedZone Of(ZoneSnapshot zone, IEnumerable<RRsetSigner> signers)
    {
        var (made, kept) = (0, 0);
        uint? first = null;
        foreach (var signer in signers)
        {
            made += signer.Made;
            kept += signer.Kept;
            if (signer.FirstExpiration is { } expiration && (first is null || SerialNumber.Compare(expiration, first.Value) < 0))
            {
                first = expiration;
            }
        }

        return new SignedZone(zone, made, kept, first ?? 0);
    }
}
