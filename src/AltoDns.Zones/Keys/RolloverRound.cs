// One round of a roll-over: every step that the rules allow in a state, all judged by that state.

using System.Collections.Immutable;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Keys;

internal sealed class RolloverRound(ZoneKeyState state, DnssecPolicy policy, DateTimeOffset now, List<KeyEvent> events)
{
    private readonly RolloverDelays _delays = new(state, policy);

    /// <summary>The state after this round; one with the same keys where no step is due.</summary>
    public ZoneKeyState Run()
    {
        var keys = state.Keys.Select(Step).ToImmutableArray();
        foreach (var key in keys.Where(key => key is { IsWanted: false, IsHidden: true }))
        {
            Note(KeyStep.Removed, key);
        }

        keys = keys.RemoveAll(key => key is { IsWanted: false, IsHidden: true });
        return IsPublishedAlike(keys) ? state with { Keys = keys } : state with { Keys = keys, Generation = state.Generation + 1 };
    }

    private bool IsPublishedAlike(ImmutableArray<ZoneKey> keys)
    {
        return Published(keys).SequenceEqual(Published(state.Keys));

        static IEnumerable<(ushort, bool, bool, bool)> Published(ImmutableArray<ZoneKey> keys) => keys
            .Select(key => (key.Tag, key.Dnskey.IsPublished, key.Signatures.IsPublished, key.Ds.IsPublished))
            .Where(key => key is not (_, false, false, false));
    }

    private ZoneKey Step(ZoneKey key) => key with
    {
        Dnskey = StepDnskey(key),
        Signatures = key.IsZoneSigning ? StepSignatures(key) : key.Signatures,
        Ds = key.IsKeySigning ? StepDs(key) : key.Ds,
    };

    private SpreadState StepDnskey(ZoneKey key) => key.Dnskey.Spread switch
    {
        Spread.Hidden when key.IsWanted && MayPublish(key) => Go(key, Spread.Rumoured, KeyStep.Published),
        Spread.Rumoured when IsOver(key.Dnskey, _delays.Dnskey) => Go(key, Spread.Omnipresent, KeyStep.Ready),
        Spread.Rumoured or Spread.Omnipresent when !key.IsWanted && MayUnpublish(key) => Go(key, Spread.Unretentive, KeyStep.Unpublished),
        Spread.Unretentive when IsOver(key.Dnskey, _delays.Dnskey) => SpreadState.Of(Spread.Hidden),
        _ => key.Dnskey,
    };

    private SpreadState StepSignatures(ZoneKey key) => key.Signatures.Spread switch
    {
        Spread.Hidden when key.IsWanted && MaySign(key) => Go(key, Spread.Rumoured, KeyStep.SigningBegan),
        Spread.Rumoured when IsOver(key.Signatures, _delays.Signatures) => Go(key, Spread.Omnipresent, KeyStep.SignaturesEverywhere),
        Spread.Rumoured or Spread.Omnipresent when !key.IsWanted && MayStopSigning(key) => Go(key, Spread.Unretentive, KeyStep.SigningEnded),
        Spread.Unretentive when IsOver(key.Signatures, _delays.Signatures) => SpreadState.Of(Spread.Hidden),
        _ => key.Signatures,
    };

    private SpreadState StepDs(ZoneKey key) => key.Ds.Spread switch
    {
        Spread.Hidden when key.IsWanted && policy.Cds != ParentRequest.Delete && IsChained(key) => Go(key, Spread.Rumoured, KeyStep.DsSubmitted),
        Spread.Rumoured when IsOver(key.Ds, _delays.Ds) => Go(key, Spread.Omnipresent, KeyStep.DsEverywhere),
        Spread.Rumoured or Spread.Omnipresent when MayWithdraw(key) => Go(key, Spread.Unretentive, KeyStep.DsWithdrawn),
        Spread.Unretentive when IsOver(key.Ds, _delays.Ds) => SpreadState.Of(Spread.Hidden),
        _ => key.Ds,
    };

    // RFC 4035 §2.2: no algorithm in the DNSKEY RRset before everything that is cached is signed with it, by a key that is there, too.
    private bool MayPublish(ZoneKey key) =>
        IsFirst || (key.IsZoneSigning && key.Signatures.Spread == Spread.Omnipresent) || IsSignedBy(key.Algorithm, PublishedWith(key));

    private static Func<ZoneKey, bool> PublishedWith(ZoneKey key) => other =>
        other.Dnskey.Spread == Spread.Omnipresent
        || (!key.IsZoneSigning && other.IsWanted && other.Dnskey.Spread is Spread.Hidden or Spread.Rumoured);

    // By pre-publication, or before any key of the algorithm is seen.
    private bool MaySign(ZoneKey key) => key.Dnskey.Spread == Spread.Omnipresent || IsFirst || IsUnseen(key.Algorithm);

    private bool MayStopSigning(ZoneKey key) =>
        HasWanted(key.Algorithm)
            ? OfAlgorithm(key.Algorithm).Any(next => next is { IsWanted: true, Signatures.IsPublished: true, Dnskey.Spread: Spread.Omnipresent }) || IsUnseen(key.Algorithm)
            : IsUnseen(key.Algorithm);

    // Its successor does all of its work; or its algorithm leaves, every key at once, before the signatures do.
    private bool MayUnpublish(ZoneKey key)
    {
        var isLastOfAlgorithm = !HasWanted(key.Algorithm);
        var isUnused = isLastOfAlgorithm
            ? OfAlgorithm(key.Algorithm).All(other => other.Ds.Spread == Spread.Hidden)
            : key.Ds.Spread == Spread.Hidden && key.Signatures.Spread == Spread.Hidden;
        return isUnused && state.Keys.Any(next => next is { IsWanted: true, IsKeySigning: true, Dnskey.Spread: Spread.Omnipresent }
            && (isLastOfAlgorithm || next.Algorithm == key.Algorithm));
    }

    private bool MayWithdraw(ZoneKey key) => policy.Cds == ParentRequest.Delete
        || (!key.IsWanted && state.Keys.Any(next => next is { IsWanted: true, Ds.Spread: Spread.Omnipresent } && IsChained(next)));

    // Whoever believes this key's DS record finds the key, and a signature of a key with its algorithm on everything.
    private bool IsChained(ZoneKey key) =>
        key.Dnskey.Spread == Spread.Omnipresent && IsSignedBy(key.Algorithm, signer => signer.Dnskey.Spread == Spread.Omnipresent);

    // Everything that is cached has a signature of such a key.
    private bool IsSignedBy(DnssecAlgorithm algorithm, Func<ZoneKey, bool> condition) =>
        OfAlgorithm(algorithm).Any(signer => signer.Signatures.Spread == Spread.Omnipresent && condition(signer));

    // Nothing of the zone was ever believed: all may be published at once.
    private bool IsFirst => state.Keys.All(key => key.Ds.Spread == Spread.Hidden && key.Dnskey.Spread is Spread.Hidden or Spread.Rumoured);

    private bool IsUnseen(DnssecAlgorithm algorithm) => OfAlgorithm(algorithm).All(key => key.Dnskey.Spread == Spread.Hidden);

    private bool HasWanted(DnssecAlgorithm algorithm) => OfAlgorithm(algorithm).Any(key => key.IsWanted);

    private IEnumerable<ZoneKey> OfAlgorithm(DnssecAlgorithm algorithm) => state.Keys.Where(key => key.Algorithm == algorithm);

    private bool IsOver(SpreadState element, TimeSpan delay) => RolloverDelays.End(element, delay) <= now;

    // What begins has no time yet: it waits to be served, or to be seen at the parent.
    private SpreadState Go(ZoneKey key, Spread spread, KeyStep step)
    {
        Note(step, key);
        return SpreadState.Of(spread);
    }

    private void Note(KeyStep step, ZoneKey key) => events.Add(KeyEvent.Of(step, state.Apex, key));
}
