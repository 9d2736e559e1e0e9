// Checks a signed zone as a validator would see it, before anybody is served from it.

using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>
/// Every authoritative RRset has a valid signature of each algorithm of the zone's keys (RFC 4035 §2.2, RFC 6840 §5.11), nothing else has
/// any, and the denial chain lists every name with its types and no other (RFC 4035 §2.3, RFC 5155 §7.1). The digest, if there is one, is
/// right (RFC 8976). Signatures by keys that the DNSKEY RRset does not list are passed over, as validators do.
/// </summary>
public static class ZoneVerifier
{
    /// <summary>Checks all of a zone on all processors.</summary>
    /// <param name="zone">A zone without keys at its apex has just this fault.</param>
    public static VerificationResult Verify(ZoneSnapshot zone, DateTimeOffset now) => Verify(zone, now, trusted: (ZoneSnapshot?)null);

    /// <summary>The same, believing the signatures of RRsets that another version, which was verified, has in the same way.</summary>
    internal static VerificationResult Verify(ZoneSnapshot zone, DateTimeOffset now, ZoneSnapshot? trusted)
    {
        zone = SnapshotFreezer.Freeze(zone);
        return Verify(zone, now, OwnedRRsets.Count(zone), item => item, withChainEnds: true, trusted is null ? null : new PreviousSignatures(zone, trusted));
    }

    /// <summary>The same, believing the signatures that an earlier run verified.</summary>
    internal static VerificationResult Verify(ZoneSnapshot zone, DateTimeOffset now, KeptSignatures trusted)
    {
        zone = SnapshotFreezer.Freeze(zone);
        return Verify(zone, now, OwnedRRsets.Count(zone), item => item, withChainEnds: true, trusted.For(zone));
    }

    /// <summary>Checks some owners and their place in the chain, for a zone whose other names were checked before.</summary>
    /// <param name="owners">Numbered as <see cref="OwnedRRsets"/> does; the nodes that changed, and the links of an NSEC3 chain that did.</param>
    /// <param name="trusted">A version that was verified; signatures of RRsets that it has in the same way are believed.</param>
    internal static VerificationResult Verify(ZoneSnapshot zone, DateTimeOffset now, IReadOnlyList<int> owners, ZoneSnapshot? trusted) =>
        Verify(zone, now, owners.Count, item => owners[item], withChainEnds: false, trusted is null ? null : new PreviousSignatures(zone, trusted, owners));

    private static VerificationResult Verify(
        ZoneSnapshot zone, DateTimeOffset now, int count, Func<int, int> ownerOf, bool withChainEnds, IEarlierSignatures? trusted)
    {
        var whole = new FaultList();
        var keys = VerificationKeys.Of(zone, whole);
        if (whole.Count > 0)
        {
            return FaultList.Sum([whole]);
        }

        var denial = DenialVerifier.Of(zone, whole);
        var seconds = (uint)now.ToUnixTimeSeconds();
        var workers = BackgroundWork.Run(
            count,
            () => new Worker(zone, new RRsetVerifier(zone, keys, seconds), denial, trusted),
            (worker, start, end) =>
            {
                for (var item = start; item < end; item++)
                {
                    worker.Check(ownerOf(item));
                }
            });
        if (withChainEnds)
        {
            denial.CheckLinks(whole);
        }

        if (zone.FindRRset(ZoneSnapshot.Apex, RecordType.ZONEMD) >= 0 && ZoneDigest.Check(zone) is DigestOutcome.Wrong or DigestOutcome.OtherSerial)
        {
            whole.Add(zone.Origin.Wire, RecordType.ZONEMD, "the digest is not that of the zone");
        }

        foreach (var worker in workers)
        {
            worker.Dispose();
        }

        return FaultList.Sum([whole, .. workers.Select(worker => worker.Faults)]);
    }

    private sealed class Worker(ZoneSnapshot zone, RRsetVerifier verifier, DenialVerifier denial, IEarlierSignatures? trusted) : IDisposable
    {
        private readonly OwnedRRsets _owners = new(zone);
        private readonly DenialVerifier.Reader _denial = denial.NewReader();

        public FaultList Faults { get; } = new();

        public void Check(int owner)
        {
            var name = _owners.NameOf(owner);
            var count = _owners.Find(owner, out var first);
            for (var rrset = first; rrset < first + count; rrset++)
            {
                verifier.Check(name, _owners.FlagsOf(owner), rrset, trusted is null ? default : trusted.Find(owner, name, rrset), Faults);
            }

            _denial.Check(owner, name, Faults);
        }

        public void Dispose() => verifier.Dispose();
    }
}
