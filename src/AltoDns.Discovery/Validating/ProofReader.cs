// Verifies the authority section of a negative or wildcard answer, and makes of it what can be asked for proofs.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Validating;

/// <param name="Zone">The zone that signed it; null where nothing is signed.</param>
/// <param name="Denial">What can be shown; shows nothing where there are no records for it.</param>
/// <param name="Nsecs">The verified NSEC records.</param>
/// <param name="TimeToLive">How long the proof holds.</param>
/// <param name="Fault">Why a record could not be verified; null where all were.</param>
/// <param name="IsTemporary">Whether the fault is that something could not be asked.</param>
internal sealed record AuthorityProof(
    ZoneTrust? Zone, IDenial Denial, IReadOnlyList<VerifiedNsec> Nsecs, TimeSpan TimeToLive, string? Fault = null, bool IsTemporary = false);

internal static class ProofReader
{
    /// <param name="authority">The section.</param>
    public static async Task<AuthorityProof> ReadAsync(
        IReadOnlyList<ResourceRecord> authority, TrustFinder finder, TimeProvider time, WorkBudget budget)
    {
        var sets = ResponseSets.Of(authority).Where(set => set.Type is RecordType.NSEC or RecordType.NSEC3 or RecordType.SOA).ToList();
        ZoneTrust? zone = null;
        var nsecs = new List<VerifiedNsec>();
        var hashed = new List<VerifiedNsec3>();
        var timeToLive = uint.MaxValue;

        // Records of the deepest zone count: a resolver may have put those of several aliases together.
        foreach (var set in sets.Where(set => set.Signer is not null).OrderByDescending(set => set.Signer!.Value.LabelCount))
        {
            if (zone is null)
            {
                zone = await finder.FindZoneAsync(set.Signer!.Value, budget);
                if (zone.State is TrustState.Bogus or TrustState.Unknown)
                {
                    return Failed(zone, zone.Fault ?? "the zone cannot be verified", zone.State == TrustState.Unknown);
                }
            }

            if (zone is not { State: TrustState.Secure, Keys: { } keys } || set.Signer != zone.Apex)
            {
                continue;
            }

            var verdict = keys.Verify(set.Records, set.Signatures, time.GetUtcNow(), budget);
            if (!verdict.IsValid)
            {
                return Failed(zone, verdict.Fault!, false);
            }

            if (verdict.ClosestEncloserLabels >= 0)
            {
                return Failed(zone, $"the {set.Type.Mnemonic()} of {set.Owner} comes from a wildcard", false);
            }

            timeToLive = Math.Min(timeToLive, Limit(set, verdict));
            foreach (var record in set.Records)
            {
                if (record.Data is NsecData nsec)
                {
                    nsecs.Add(new VerifiedNsec(zone.Apex, set.Owner, nsec, timeToLive));
                }
                else if (record.Data is Nsec3Data nsec3 && VerifiedNsec3.From(zone.Apex, set.Owner, nsec3) is { } verified)
                {
                    hashed.Add(verified);
                }
            }
        }

        IDenial denial = hashed.Count > 0 && nsecs.Count == 0 ? new Nsec3Denial(zone!.Apex, hashed, budget) : new NsecDenial(nsecs);
        return new AuthorityProof(zone, denial, nsecs, TimeSpan.FromSeconds(timeToLive));
    }

    // RFC 9077 §3: what is not there is believed no longer than the SOA's minimum.
    private static uint Limit(SignedSet set, in RRsetVerdict verdict) =>
        set.Records[0].Data is SoaData soa ? Math.Min(verdict.TimeToLive, soa.Minimum) : verdict.TimeToLive;

    private static AuthorityProof Failed(ZoneTrust zone, string fault, bool isTemporary) =>
        new(zone, new NsecDenial([]), [], TimeSpan.Zero, fault, isTemporary);
}
