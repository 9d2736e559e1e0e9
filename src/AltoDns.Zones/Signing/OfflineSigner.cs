// Signs a zone once, for a file: with the keys and serials of the state folder that a server would use.

using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

public sealed class OfflineSigner(KeyStore store, TimeProvider timeProvider)
{
    private readonly SerialStore _serials = new(store.Folder);

    /// <summary>The signed zone, verified; null with an error added where that does not work out.</summary>
    /// <remarks>Keys take the steps that are due. That the zone is served somewhere is not known here, so no roll-over goes on for that alone.</remarks>
    public ZoneSnapshot? TrySign(ZoneSnapshot zone, DnssecPolicy policy, ProblemList problems)
    {
        try
        {
            using var keys = new ZoneKeys(store, zone.Origin);
            var now = timeProvider.GetUtcNow();
            var terms = new SigningTerms(keys.Advance(policy, now).Keys, policy, _serials.Next(zone.Origin, zone.Serial), now);
            var signed = ZoneSigner.Sign(zone, terms);
            var result = signed.Verify(now);
            if (result.IsValid)
            {
                _serials.Save(zone.Origin, terms.Serial);
                return signed.Zone;
            }

            problems.Add(SigningProblems.NotValid(zone, result));
        }
        catch (KeyStoreException exception)
        {
            problems.Add(exception.Problem);
        }
        catch (Exception exception) when (SigningProblems.IsSigningFault(exception))
        {
            problems.Add(SigningProblems.CannotSign(zone, exception));
        }

        return null;
    }
}
