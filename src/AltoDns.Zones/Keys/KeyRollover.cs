// The roll-over of keys as a pure function: state, policy, time and what the parent has, to the next state.
//
// What a key puts into the DNS goes through Hidden -> Rumoured -> Omnipresent -> Unretentive -> Hidden: its DNSKEY record, its
// signatures, its DS record. A roll-over of whatever kind is nothing but rules for when each may take its next step.

using System.Collections.Immutable;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Keys;

/// <summary>Makes and stores a key with a tag that none of the zone's keys has, and returns what is public of it.</summary>
public delegate DnskeyData KeyMaker(KeyRole role, DnssecAlgorithm algorithm);

/// <summary>
/// ZSK roll-over by pre-publication (RFC 7583 §3.2.1); KSK and CSK roll-over with both DNSKEY and both DS records (§3.3.3), the new DS
/// asked for only once the new DNSKEY is everywhere; algorithm roll-over by the conservative way (RFC 6781 §4.1.4): signatures
/// before DNSKEY before DS on the way in, DS before DNSKEY before signatures on the way out. Changes may come in the midst of others.
/// </summary>
public static class KeyRollover
{
    /// <summary>Takes every step that is due. The new state is to be stored before any of it is published.</summary>
    /// <param name="observation">What was seen at the parent since the last call; null: nothing new.</param>
    /// <returns>The same state where nothing was due.</returns>
    public static (ZoneKeyState State, IReadOnlyList<KeyEvent> Events) Advance(
        ZoneKeyState state, DnssecPolicy policy, DateTimeOffset now, ParentObservation? observation, KeyMaker make)
    {
        var events = new List<KeyEvent>();
        state = ObserveParent(state, policy, observation, events);
        state = WantKeys(state, policy, now, make, events);
        while (new RolloverRound(state, policy, now, events).Run() is var next && !next.Keys.AsSpan().SequenceEqual(state.Keys.AsSpan()))
        {
            state = next;
        }

        return (Publish(state, policy), events);
    }

    /// <summary>Notes that a zone of this generation is being served; earlier ones are passed over.</summary>
    /// <param name="at">Not before it was served by this server; secondaries may have <see cref="DnssecPolicy.PropagationDelay"/> more.</param>
    /// <param name="longestTimeToLive">Of all its RRsets, and of its negative answers.</param>
    public static ZoneKeyState Confirm(ZoneKeyState state, DnssecPolicy policy, long generation, DateTimeOffset at, TimeSpan longestTimeToLive)
    {
        state = state with
        {
            ZoneTimeToLive = state.ZoneTimeToLive.With(longestTimeToLive, at, policy.PropagationDelay),
            DnskeyTimeToLive = state.DnskeyTimeToLive.With(policy.DnskeyTimeToLive, at, policy.PropagationDelay),
        };
        return generation != state.Generation || generation == state.ServedGeneration ? state : state with
        {
            ServedGeneration = generation,
            Keys = [.. state.Keys.Select(key => key with
            {
                Dnskey = Start(key.Dnskey, at),
                Signatures = Start(key.Signatures, at),
                ActiveSince = key.ActiveSince ?? (key.Signatures.IsPublished ? at : null),
            })],
        };
    }

    /// <summary>Asks that the key of a role be replaced once it is settled.</summary>
    public static ZoneKeyState Request(ZoneKeyState state, KeyRole role) =>
        state.RollRequests.Contains(role) ? state : state with { RollRequests = state.RollRequests.Add(role) };

    /// <summary>Adds a key that another program made and may be using.</summary>
    /// <param name="served">How far its DNSKEY record and signatures have spread: hidden, rumoured (since now) or omnipresent.</param>
    public static ZoneKeyState Import(ZoneKeyState state, DnskeyData data, KeyRole role, Spread served, DateTimeOffset now)
    {
        var spread = new SpreadState(served, served == Spread.Rumoured ? now : null);
        var key = new ZoneKey(role, data, now, IsWanted: true)
        {
            Dnskey = spread,
            Signatures = role == KeyRole.KeySigning ? default : spread,

            // The parent may have its DS record, until it is asked.
            Ds = role == KeyRole.ZoneSigning || served == Spread.Hidden ? default : SpreadState.Of(Spread.Unretentive),
            ActiveSince = served == Spread.Hidden ? null : now,
        };
        return state with { Keys = state.Keys.Add(key), Generation = state.Generation + 1 };
    }

    /// <summary>When <see cref="Advance"/> has something to do again, if neither policy nor parent change; null: never.</summary>
    public static DateTimeOffset? NextStep(ZoneKeyState state, DnssecPolicy policy)
    {
        var delays = new RolloverDelays(state, policy);
        var due = state.Keys.SelectMany(key => new[]
        {
            RolloverDelays.End(key.Dnskey, delays.Dnskey),
            RolloverDelays.End(key.Signatures, delays.Signatures),
            RolloverDelays.End(key.Ds, delays.Ds),
            key is { IsWanted: true, IsSettled: true } ? key.ActiveSince + Lifetime(key, policy) : null,
        });
        return due.Min();
    }

    /// <summary>What to publish and to sign with in a state.</summary>
    /// <param name="open">Gives the private key of a zone key.</param>
    public static ZoneKeySet KeySet(ZoneKeyState state, DnssecPolicy policy, Func<ZoneKey, DnssecSigningKey> open)
    {
        var published = state.Keys.Where(key => key.Dnskey.IsPublished).ToList();
        var submitted = policy.Cds == ParentRequest.Publish ? state.Keys.Where(key => key.Ds.IsPublished).ToList() : [];
        var isDelete = policy.Cds == ParentRequest.Delete;
        return new ZoneKeySet
        {
            Apex = state.Apex,
            Generation = state.Generation,
            Dnskeys = [.. published.Select(key => key.Public)],
            DnskeySigners = [.. published.Where(key => key.IsKeySigning).Select(open)],
            ZoneSigners = [.. state.Keys.Where(key => key.Signatures.IsPublished).Select(open)],
            Cds = isDelete
                ? [new CdsData(0, DnssecAlgorithm.Delete, DigestType.Delete, [0])]
                : [.. submitted.Select(key => DelegationDigest.CreateCds(state.Apex, key.Public, DigestType.Sha256))],
            Cdnskeys = isDelete
                ? [new CdnskeyData(0, DnssecKey.Protocol, DnssecAlgorithm.Delete, [0])]
                : [.. submitted.Select(key => new CdnskeyData(key.Public.Flags, key.Public.Protocol, key.Algorithm, key.Public.PublicKey.ToArray()))],
            TimeToLive = (uint)policy.DnskeyTimeToLive.TotalSeconds,
            NextStep = NextStep(state, policy),
            AwaitsParent = state.Keys.Any(key => key.Ds is { Since: null, Spread: Spread.Rumoured or Spread.Unretentive }),
        };
    }

    private static ZoneKeyState Publish(ZoneKeyState state, DnssecPolicy policy) =>
        state.Cds == policy.Cds && state.PublishedTimeToLive == policy.DnskeyTimeToLive
            ? state
            : state with { Cds = policy.Cds, PublishedTimeToLive = policy.DnskeyTimeToLive, Generation = state.Generation + 1 };

    private static SpreadState Start(SpreadState state, DateTimeOffset at) =>
        state is { Since: null, Spread: Spread.Rumoured or Spread.Unretentive } ? state with { Since = at } : state;

    private static TimeSpan? Lifetime(ZoneKey key, DnssecPolicy policy) => key.IsKeySigning ? policy.KeySigningLifetime : policy.ZoneSigningLifetime;

    private static ZoneKeyState ObserveParent(ZoneKeyState state, DnssecPolicy policy, ParentObservation? observation, List<KeyEvent> events)
    {
        if (observation is null)
        {
            return state;
        }

        var keys = state.Keys.Select(key => key.IsKeySigning ? ObserveDs(state, key, key.IsWanted && policy.Cds != ParentRequest.Delete, observation, events) : key).ToImmutableArray();
        var timeToLive = observation.OnAny.Count > 0 ? observation.TimeToLive : state.DsTimeToLive;
        return keys.AsSpan().SequenceEqual(state.Keys.AsSpan()) && timeToLive == state.DsTimeToLive
            ? state
            : state with { Keys = keys, DsTimeToLive = timeToLive };
    }

    private static ZoneKey ObserveDs(ZoneKeyState state, ZoneKey key, bool isWanted, ParentObservation observation, List<KeyEvent> events)
    {
        var onEvery = observation.OnEvery.Any(ds => DelegationDigest.Matches(ds, state.Apex, key.Public));
        var onAny = onEvery || observation.OnAny.Any(ds => DelegationDigest.Matches(ds, state.Apex, key.Public));
        switch (key.Ds)
        {
            case { Spread: Spread.Rumoured, Since: null } when onEvery:
            case { Spread: Spread.Hidden or Spread.Unretentive } when onEvery && isWanted:
                events.Add(KeyEvent.Of(KeyStep.DsSeen, state.Apex, key));
                return key with { Ds = new SpreadState(Spread.Rumoured, observation.At), ActiveSince = key.ActiveSince ?? observation.At };
            case { Spread: Spread.Rumoured, Since: not null } or { Spread: Spread.Omnipresent } when !onAny:
                events.Add(KeyEvent.Of(KeyStep.DsVanished, state.Apex, key));
                return key with { Ds = new SpreadState(Spread.Unretentive, observation.At) };
            case { Spread: Spread.Rumoured, Since: not null } or { Spread: Spread.Omnipresent } when !onEvery:
                return key with { Ds = SpreadState.Of(Spread.Rumoured) };
            case { Spread: Spread.Unretentive, Since: null } when !onAny:
                events.Add(KeyEvent.Of(KeyStep.DsGone, state.Apex, key));
                return key with { Ds = key.Ds with { Since = observation.At } };

            // Somebody put it back, or knows of a key before we asked.
            case { Spread: Spread.Unretentive, Since: not null } or { Spread: Spread.Hidden } when onAny:
                return key with { Ds = SpreadState.Of(Spread.Unretentive) };
            default:
                return key;
        }
    }

    // Says which keys are to go and makes those that are missing.
    private static ZoneKeyState WantKeys(ZoneKeyState state, DnssecPolicy policy, DateTimeOffset now, KeyMaker make, List<KeyEvent> events)
    {
        KeyRole[] roles = policy.Keys == KeyLayout.Combined ? [KeyRole.Combined] : [KeyRole.KeySigning, KeyRole.ZoneSigning];
        var requests = state.RollRequests.RemoveAll(role => !roles.Contains(role));
        var keys = state.Keys.ToBuilder();
        for (var i = 0; i < keys.Count; i++)
        {
            var key = keys[i];
            var isOld = key.IsSettled && (requests.Contains(key.Role) || now >= key.ActiveSince + Lifetime(key, policy));
            if (key.IsWanted && (isOld || key.Algorithm != policy.Algorithm || !roles.Contains(key.Role)))
            {
                keys[i] = key with { IsWanted = false };
                requests = requests.Remove(key.Role);
                events.Add(KeyEvent.Of(KeyStep.Succeeded, state.Apex, key));
            }
        }

        foreach (var role in roles.Where(role => !keys.Any(key => key.IsWanted && key.Role == role)))
        {
            var key = new ZoneKey(role, make(role, policy.Algorithm), now, IsWanted: true);
            events.Add(KeyEvent.Of(KeyStep.Created, state.Apex, key));
            keys.Add(key);
        }

        return requests.Length == state.RollRequests.Length && keys.ToImmutable().AsSpan().SequenceEqual(state.Keys.AsSpan())
            ? state
            : state with { Keys = keys.ToImmutable(), RollRequests = requests };
    }
}
