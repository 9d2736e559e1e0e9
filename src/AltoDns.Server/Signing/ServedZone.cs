// A signed zone as it is served, and what it was made of.

using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;

namespace AltoDns.Server.Signing;

/// <summary>Immutable but for the line of versions.</summary>
/// <param name="FirstExpiration">No signature expires before; in the 32 bits of RRSIG records.</param>
/// <param name="Made">Signatures made for this version.</param>
/// <param name="Line">The versions that <paramref name="Signed"/> is one of, for whoever signs the next.</param>
internal sealed record ServedZone(ZoneSnapshot Unsigned, DnssecPolicy Policy, ZoneKeySet Keys, ZoneSnapshot Signed, int Made, EditedZone Line, uint FirstExpiration)
{
    public static ServedZone Of(ZoneSnapshot zone, SigningTerms terms, SignedZone signed, ServedZone? before) =>
        new(zone, terms.Policy, terms.Keys, signed.Zone, signed.Made, signed.IsWhole || before is null ? new EditedZone(signed.Zone) : before.Line, FirstOf(zone, signed, before));

    /// <summary>Whether the zone need not be signed again for what it is made of; time may require it all the same.</summary>
    public bool IsCurrent(ZoneSnapshot zone, DnssecPolicy policy, ZoneKeySet keys) =>
        ReferenceEquals(zone, Unsigned) && policy == Policy && keys.Generation == Keys.Generation;

    public bool IsDue(DateTimeOffset now) =>
        SerialNumber.Compare(FirstExpiration, SignatureTimes.Of(Policy, now).RefreshBefore) < 0;

    // An edit leaves most signatures as they were; a refresh takes away the very ones that were the first to expire.
    private static uint FirstOf(ZoneSnapshot zone, SignedZone signed, ServedZone? before)
    {
        if (signed.IsWhole || before is null)
        {
            return signed.FirstExpiration;
        }

        if (ReferenceEquals(zone, before.Unsigned))
        {
            return DueSignatures.FirstExpiration(signed.Zone) ?? signed.FirstExpiration;
        }

        return SerialNumber.Compare(before.FirstExpiration, signed.FirstExpiration) < 0 ? before.FirstExpiration : signed.FirstExpiration;
    }
}
