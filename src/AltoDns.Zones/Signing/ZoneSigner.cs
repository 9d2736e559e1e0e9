// Signs a whole zone: lays it out, lets all processors make its signatures, and takes over those that still hold.

using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>What signing came to.</summary>
/// <param name="Zone">Not verified.</param>
/// <param name="Made">Signatures made.</param>
/// <param name="Kept">Signatures taken over from the version before.</param>
public sealed record SignedZone(ZoneSnapshot Zone, int Made, int Kept);

public static class ZoneSigner
{
    /// <summary>Signs a zone (RFC 4035 §2), its NSEC or NSEC3 chain included.</summary>
    /// <param name="zone">Unsigned, or signed by somebody else, whose signatures, chain and keys are then left out.</param>
    /// <param name="previous">The last signed version; its signatures are kept where RRset, keys and time allow. Null for none.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A key does not sign.</exception>
    /// <exception cref="InvalidOperationException">The zone has too much data, or two names with one NSEC3 hash.</exception>
    public static SignedZone Sign(ZoneSnapshot zone, SigningTerms terms, ZoneSnapshot? previous = null)
    {
        var signed = SignedLayout.Make(UnsignedForm.Of(zone), terms);
        var earlier = previous is null ? null : new PreviousSignatures(signed, previous);
        var mayReuse = previous is not null && PreviousSignatures.TellsKeysApart(previous, terms);
        var digest = terms.Policy.ZoneMd ? signed.FindRRset(ZoneSnapshot.Apex, RecordType.ZONEMD) : -1;
        var workers = BackgroundWork.Run(
            OwnedRRsets.Count(signed),
            () => new Worker(signed, new RRsetSigner(signed.Origin, terms, mayReuse), earlier),
            (worker, start, end) => worker.Sign(start, end, but: digest));
        if (digest >= 0)
        {
            // It covers all signatures but its own (RFC 8976 §3.3.1).
            ZoneDigest.Complete(signed, digest);
            workers[0].Sign(ZoneSnapshot.Apex, digest);
        }

        var result = new SignedZone(signed, workers.Sum(worker => worker.Signer.Made), workers.Sum(worker => worker.Signer.Kept));
        foreach (var worker in workers)
        {
            worker.Signer.Dispose();
        }

        return result;
    }

    private sealed class Worker(ZoneSnapshot zone, RRsetSigner signer, PreviousSignatures? earlier)
    {
        private readonly OwnedRRsets _owners = new(zone);

        public RRsetSigner Signer => signer;

        /// <summary>Signs the RRsets of a range of owners, save one.</summary>
        public void Sign(int start, int end, int but)
        {
            for (var owner = start; owner < end; owner++)
            {
                var count = _owners.Find(owner, out var first);
                for (var rrset = first; rrset < first + count; rrset++)
                {
                    if (rrset != but)
                    {
                        Sign(owner, rrset);
                    }
                }
            }
        }

        public void Sign(int owner, int rrset)
        {
            var run = zone.Parts.Signatures[rrset];
            if (run.Length == 0)
            {
                return;
            }

            ref readonly var set = ref zone.RRset(rrset);
            var previous = earlier is null ? default : earlier.Find(owner, rrset);
            signer.Sign(_owners.NameOf(owner), set.Type, set.TimeToLive, zone.DataOf(set), previous, zone.Parts.Data.Fill(run.Offset, run.Length));
        }
    }
}
