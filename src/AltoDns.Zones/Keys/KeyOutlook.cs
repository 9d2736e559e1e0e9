// Says in words how far a key is and what it waits for.

using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Keys;

/// <summary>The usual stages of a key's life (RFC 7583 §3.1).</summary>
public enum KeyStage
{
    /// <summary>Made, and nothing of it published.</summary>
    Created,

    /// <summary>In the zone, and not yet in every cache.</summary>
    Published,

    /// <summary>In every cache, and not yet at work.</summary>
    Ready,

    /// <summary>At work: it signs the zone, or the parent has its DS record.</summary>
    Active,

    /// <summary>Followed by another, and not yet gone from every cache.</summary>
    Retired,
}

/// <summary>One thing that a key waits for.</summary>
/// <param name="What">The end of a sentence about the key, without a full stop.</param>
/// <param name="At">When it will be; null where that depends on somebody else.</param>
public sealed record KeyExpectation(string What, DateTimeOffset? At);

public static class KeyOutlook
{
    public static KeyStage Stage(this ZoneKey key)
    {
        if (!key.IsWanted)
        {
            return KeyStage.Retired;
        }

        if (IsThere(key.Signatures) || IsThere(key.Ds))
        {
            return KeyStage.Active;
        }

        return key.Dnskey.Spread == Spread.Omnipresent ? KeyStage.Ready : IsThere(key.Dnskey) ? KeyStage.Published : KeyStage.Created;
    }

    /// <summary>What happens next to a key; nothing where it is settled and has no end.</summary>
    public static IReadOnlyList<KeyExpectation> Expect(ZoneKeyState state, ZoneKey key, DnssecPolicy policy)
    {
        var delays = new RolloverDelays(state, policy);
        var found = new List<KeyExpectation>();
        Add(found, key.Dnskey, delays.Dnskey, "is served once the zone is signed again", "DNSKEY record is in every cache", "DNSKEY record has left every cache");
        Add(found, key.Signatures, delays.Signatures, "is served once the zone is signed again", "signatures are on everything cached", "signatures have left every cache");
        AddDs(found, key, policy, delays);
        if (found.Count == 0 && key.IsWanted)
        {
            AddRest(found, state, key, policy);
        }
        else if (found.Count == 0)
        {
            found.Add(new KeyExpectation("goes once its successor does its work", null));
        }

        return [.. found.Distinct()];
    }

    private static bool IsThere(SpreadState element) => element is { Spread: Spread.Omnipresent } or { Spread: Spread.Rumoured, Since: not null };

    private static void Add(List<KeyExpectation> found, SpreadState element, TimeSpan delay, string unserved, string spread, string gone)
    {
        if (element.Spread is Spread.Rumoured or Spread.Unretentive)
        {
            found.Add(RolloverDelays.End(element, delay) is { } end
                ? new KeyExpectation(element.Spread == Spread.Rumoured ? spread : gone, end)
                : new KeyExpectation(unserved, null));
        }
    }

    private static void AddDs(List<KeyExpectation> found, ZoneKey key, DnssecPolicy policy, RolloverDelays delays)
    {
        switch (key.Ds)
        {
            case { Spread: Spread.Rumoured, Since: null }:
                found.Add(new KeyExpectation("waits for the parent to publish its DS record", null));
                break;
            // A key that was imported: the parent mostly has its DS record already.
            case { Spread: Spread.Unretentive, Since: null } when key.IsWanted && policy.Cds != ParentRequest.Delete:
                found.Add(new KeyExpectation("has a DS record at the parent, or not: serve finds out", null));
                break;
            case { Spread: Spread.Unretentive, Since: null }:
                found.Add(new KeyExpectation("waits for the parent to be without its DS record", null));
                break;
            default:
                Add(found, key.Ds, delays.Ds, "", "DS record is in every cache", "DS record has left every cache");
                break;
        }
    }

    private static void AddRest(List<KeyExpectation> found, ZoneKeyState state, ZoneKey key, DnssecPolicy policy)
    {
        if (!key.IsSettled)
        {
            found.Add(new KeyExpectation(policy.Cds == ParentRequest.Delete ? "has no DS record any more: 'dnssec: off' is safe now" : "follows the key before it step by step", null));
        }
        else if (state.RollRequests.Contains(key.Role))
        {
            found.Add(new KeyExpectation("is followed by another, as was asked for", null));
        }
        else if ((key.IsKeySigning ? policy.KeySigningLifetime : policy.ZoneSigningLifetime) is { } lifetime && key.ActiveSince is { } since)
        {
            found.Add(new KeyExpectation("is followed by another", since + lifetime));
        }
    }
}
