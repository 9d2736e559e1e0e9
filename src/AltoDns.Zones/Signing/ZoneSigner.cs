// Signs a whole zone: lays it out, lets all processors make its signatures, and takes over those that still hold.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

public static class ZoneSigner
{
    // Where more than one name in so many has to be signed, laying the zone out anew costs less than editing it.
    private const int LeastShare = 4;

    /// <summary>Signs a zone (RFC 4035 §2), its NSEC or NSEC3 chain included.</summary>
    /// <param name="zone">Unsigned, or signed by somebody else, whose signatures, chain and keys are then left out.</param>
    /// <param name="previous">The last signed version, which was verified; its signatures are kept where RRset, keys and time allow. Null for none.</param>
    /// <param name="kept">Signatures of an earlier run, where there is no version before in this one; kept in the same way.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A key does not sign.</exception>
    /// <exception cref="InvalidOperationException">The zone has too much data, or two names with one NSEC3 hash.</exception>
    public static SignedZone Sign(ZoneSnapshot zone, SigningTerms terms, ZoneSnapshot? previous = null, KeptSignatures? kept = null)
    {
        var signed = SignedLayout.Make(UnsignedForm.Of(SnapshotFreezer.Freeze(zone)), terms);
        var earlier = previous is null ? kept?.For(signed) : new PreviousSignatures(signed, previous);
        var mayReuse = previous is null || PreviousSignatures.TellsKeysApart(previous, terms);
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

        var result = SignedZone.Of(signed, workers.Select(worker => worker.Signer)) with
        {
            // A signature that was there before its key was in the zone has not been verified yet (RFC 6781 §4.1.4).
            Previous = previous is not null && mayReuse && PreviousSignatures.HadKeys(previous, terms) ? previous : null,
            Earlier = previous is null ? kept : null,
        };
        foreach (var worker in workers)
        {
            worker.Signer.Dispose();
        }

        return result;
    }

    /// <summary>Makes the version again that an earlier run kept the signatures of; null where anything in it has changed since or has to be signed.</summary>
    /// <param name="terms">Their serial is left out of account.</param>
    /// <inheritdoc cref="Sign"/>
    public static SignedZone? TryRestore(ZoneSnapshot zone, SigningTerms terms, KeptSignatures kept)
    {
        var signed = Sign(zone, terms with { Serial = kept.Serial }, kept: kept);
        return signed.Made == 0 && kept.AreAllOf(signed.Zone) ? signed : null;
    }

    /// <summary>Brings a signed zone up to date after some names changed: signs those and their neighbours in the chain, or the whole zone where that is not enough.</summary>
    /// <param name="zone">The unsigned zone as it is now.</param>
    /// <param name="previous">The signed version before, by the same keys and policy.</param>
    /// <param name="changed">All names whose RRsets differ from those of the unsigned zone that <paramref name="previous"/> was made of.</param>
    /// <inheritdoc cref="Sign"/>
    public static SignedZone Update(ZoneSnapshot zone, SigningTerms terms, ZoneSnapshot previous, IReadOnlyCollection<DomainName> changed)
    {
        if (changed.Count <= zone.NodeCount / LeastShare && ZoneResigner.IsPossible(zone, previous, terms))
        {
            var resigner = new ZoneResigner(zone, previous, terms);
            if (resigner.TryAdd(changed) && resigner.TrySign(out var signed))
            {
                return signed;
            }
        }

        return Sign(zone, terms, previous);
    }

    /// <summary>Makes those signatures anew that are due, and the SOA's.</summary>
    /// <param name="zone">The unsigned zone that <paramref name="previous"/> was made of.</param>
    /// <inheritdoc cref="Update"/>
    public static SignedZone Refresh(ZoneSnapshot zone, SigningTerms terms, ZoneSnapshot previous)
    {
        var due = DueSignatures.Find(previous, terms.Times);
        if (due.Count <= zone.NodeCount / LeastShare && ZoneResigner.IsPossible(zone, previous, terms))
        {
            var resigner = new ZoneResigner(zone, previous, terms);
            resigner.AddDue(due);
            if (resigner.TrySign(out var signed))
            {
                return signed;
            }
        }

        return Sign(zone, terms, previous);
    }

    private sealed class Worker(ZoneSnapshot zone, RRsetSigner signer, IEarlierSignatures? earlier)
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
            var name = _owners.NameOf(owner);
            var previous = earlier is null ? default : earlier.Find(owner, name, rrset);
            signer.Sign(name, set.Type, set.TimeToLive, zone.DataOf(set), previous, zone.Parts.Data.Fill(run.Offset, run.Length));
        }
    }
}
