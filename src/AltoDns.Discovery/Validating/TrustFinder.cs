// Walks from a trust anchor down to a zone's keys: a DS record in the parent vouches for a DNSKEY record in the child.

using System.Collections.Concurrent;
using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Discovery.Validating;

/// <summary>Finds and remembers what is known of zones. Safe for several threads.</summary>
/// <param name="ask">Asks a resolver, signatures included.</param>
internal sealed class TrustFinder(TrustAnchors anchors, TimeProvider time, Func<Query, Task<UpstreamAnswer>> ask)
{
    private const int MaxRemembered = 20_000;
    private const int MaxDigests = 16;

    private static readonly TimeSpan LongestTrust = TimeSpan.FromHours(24);
    private static readonly TimeSpan FaultTime = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<DomainName, ZoneTrust> _known = new();

    /// <summary>What is known of the zone that a signature names as its signer.</summary>
    public async Task<ZoneTrust> FindZoneAsync(DomainName zone, WorkBudget budget)
    {
        var trust = await FindAsync(zone, budget);
        return trust.State == TrustState.Secure && trust.Apex != zone
            ? Make(TrustState.Bogus, zone, FaultTime, fault: $"{zone} signs and is no zone")
            : trust;
    }

    /// <summary>What is known of the zone that a name lies in, found from the top, for answers without signatures.</summary>
    public async Task<ZoneTrust> FindEnclosingAsync(DomainName name, WorkBudget budget)
    {
        if (anchors.ClosestZone(name) is not { } start)
        {
            return NoAnchor(name);
        }

        var trust = await FindAsync(start, budget);
        for (var labels = start.LabelCount + 1; labels <= name.LabelCount && trust.State == TrustState.Secure; labels++)
        {
            trust = await FindAsync(Denials.Ancestor(name, labels), budget);
        }

        return trust;
    }

    private ZoneTrust NoAnchor(DomainName name) => Make(TrustState.Indeterminate, name, LongestTrust);

    private async Task<ZoneTrust> FindAsync(DomainName zone, WorkBudget budget)
    {
        if (_known.TryGetValue(zone, out var known) && known.Expires > time.GetUtcNow())
        {
            return known;
        }

        var trust = await LearnAsync(zone, budget);
        if (_known.Count >= MaxRemembered)
        {
            _known.Clear(); // seldom, and only a matter of asking again
        }

        _known[zone] = trust;
        return trust;
    }

    private async Task<ZoneTrust> LearnAsync(DomainName zone, WorkBudget budget)
    {
        if (anchors.ClosestZone(zone) is not { } anchor)
        {
            return NoAnchor(zone);
        }

        if (anchor == zone)
        {
            var digests = anchors.DigestsOf(zone, time.GetUtcNow());
            return digests.Count == 0 ? NoAnchor(zone) : await FetchKeysAsync(zone, digests, LongestTrust, budget);
        }

        if (!budget.TryAsk())
        {
            return Unknown(zone, "the chain of trust is too long");
        }

        var answer = await ask(new Query(zone, RecordType.DS, IsValidating: true));
        if (answer.Response is not { ResponseCode: ResponseCode.NoError or ResponseCode.NameError } response)
        {
            return Unknown(zone, $"DS of {zone}: {answer.Failure ?? answer.Response!.ResponseCode.Mnemonic()}");
        }

        var sets = ResponseSets.Of(response.Answers);
        var delegation = sets.FirstOrDefault(set => set.Owner == zone && set.Type == RecordType.DS);
        if (delegation is not null)
        {
            return await FollowAsync(zone, delegation, budget);
        }

        // An alias stands at no zone's apex; that it is authentic need not be known, for nothing is built on it.
        return sets.Any(set => set.Owner == zone && set.Type == RecordType.CNAME)
            ? await FindAsync(zone.Parent, budget)
            : await ReadAbsenceAsync(zone, response, budget);
    }

    private async Task<ZoneTrust> FollowAsync(DomainName zone, SignedSet delegation, WorkBudget budget)
    {
        if (delegation.Signer is not { } signer || signer == zone)
        {
            return await AssumeParentAsync(zone, budget, $"the DS of {zone} has no signature");
        }

        var parent = await FindZoneAsync(signer, budget);
        if (parent is not { State: TrustState.Secure, Keys: { } keys })
        {
            return parent;
        }

        var verdict = keys.Verify(delegation.Records, delegation.Signatures, time.GetUtcNow(), budget);
        if (!verdict.IsValid || verdict.ClosestEncloserLabels >= 0)
        {
            return Make(TrustState.Bogus, zone, FaultTime, fault: verdict.Fault ?? $"the DS of {zone} comes from a wildcard");
        }

        var digests = Choose([.. delegation.Records.Select(record => (DsData)record.Data).Take(MaxDigests)]);
        return digests.Count == 0
            ? Make(TrustState.Insecure, zone, TimeSpan.FromSeconds(verdict.TimeToLive)) // RFC 4035 §5.2: signed in ways unknown here
            : await FetchKeysAsync(zone, digests, TimeSpan.FromSeconds(verdict.TimeToLive), budget);
    }

    // RFC 4509 §3: SHA-1 is not looked at beside a better digest.
    private static IReadOnlyList<DsData> Choose(IReadOnlyList<DsData> digests)
    {
        var usable = digests.Where(digest => digest.Algorithm.IsSupported() && DelegationDigest.IsSupported(digest.DigestType)).ToList();
        var better = usable.Where(digest => digest.DigestType != DigestType.Sha1).ToList();
        return better.Count > 0 ? better : usable;
    }

    private async Task<ZoneTrust> ReadAbsenceAsync(DomainName zone, ResponseMessage response, WorkBudget budget)
    {
        var proof = await ProofReader.ReadAsync(response.Authority, this, time, budget);
        if (proof.Fault is not null)
        {
            return proof.IsTemporary ? Unknown(zone, proof.Fault) : Make(TrustState.Bogus, zone, FaultTime, fault: proof.Fault);
        }

        if (proof.Zone is null)
        {
            return await AssumeParentAsync(zone, budget, $"nothing proves that {zone} has no DS");
        }

        if (proof.Zone.State != TrustState.Secure)
        {
            return proof.Zone;
        }

        if (!zone.IsSubdomainOf(proof.Zone.Apex) || zone == proof.Zone.Apex)
        {
            return Make(TrustState.Bogus, zone, FaultTime, fault: $"{proof.Zone.Apex} cannot speak of the DS of {zone}");
        }

        var shown = proof.Denial.NoData(zone, RecordType.DS);
        if (shown == Proof.Missing)
        {
            shown = proof.Denial.NameError(zone);
        }

        return shown switch
        {
            Proof.UnsignedDelegation or Proof.Unprovable => Make(TrustState.Insecure, zone, proof.TimeToLive),
            Proof.Shown => proof.Zone with { Expires = Earlier(proof.Zone.Expires, time.GetUtcNow() + proof.TimeToLive) }, // no cut here
            _ => Make(TrustState.Bogus, zone, FaultTime, fault: $"nothing proves that {zone} has no DS"),
        };
    }

    // Without a signature all depends on whether the parent has keys.
    private async Task<ZoneTrust> AssumeParentAsync(DomainName zone, WorkBudget budget, string fault)
    {
        var parent = await FindEnclosingAsync(zone.Parent, budget);
        return parent.State == TrustState.Secure ? Make(TrustState.Bogus, zone, FaultTime, fault: fault) : parent;
    }

    private async Task<ZoneTrust> FetchKeysAsync(DomainName zone, IReadOnlyList<DsData> digests, TimeSpan limit, WorkBudget budget)
    {
        if (Choose(digests).Count == 0)
        {
            return Make(TrustState.Insecure, zone, limit);
        }

        if (!budget.TryAsk())
        {
            return Unknown(zone, "the chain of trust is too long");
        }

        var answer = await ask(new Query(zone, RecordType.DNSKEY, IsValidating: true));
        if (answer.Response is not { ResponseCode: ResponseCode.NoError } response)
        {
            return Unknown(zone, $"DNSKEY of {zone}: {answer.Failure ?? answer.Response!.ResponseCode.Mnemonic()}");
        }

        var set = ResponseSets.Of(response.Answers).FirstOrDefault(set => set.Owner == zone && set.Type == RecordType.DNSKEY);
        if (set is null)
        {
            return Make(TrustState.Bogus, zone, FaultTime, fault: $"{zone} has a DS and no DNSKEY");
        }

        // Only the keys that a DS names may vouch for the others (RFC 4035 §5.2).
        var keys = set.Records.Select(record => (DnskeyData)record.Data).Take(WorkBudget.MaxKeys).ToList();
        var entries = keys.Where(key => digests.Any(digest => DelegationDigest.Matches(digest, zone, key))).ToList();
        if (entries.Count == 0)
        {
            return Make(TrustState.Bogus, zone, FaultTime, fault: $"no DNSKEY of {zone} is the one that its DS names");
        }

        var verdict = new ZoneKeys(zone, entries).Verify(set.Records, set.Signatures, time.GetUtcNow(), budget);
        return verdict.IsValid
            ? Make(TrustState.Secure, zone, TimeSpan.FromSeconds(Math.Min(verdict.TimeToLive, limit.TotalSeconds)), new ZoneKeys(zone, keys))
            : Make(TrustState.Bogus, zone, FaultTime, fault: verdict.Fault);
    }

    private ZoneTrust Unknown(DomainName zone, string fault) => Make(TrustState.Unknown, zone, TimeSpan.Zero, fault: fault);

    private ZoneTrust Make(TrustState state, DomainName apex, TimeSpan timeToLive, ZoneKeys? keys = null, string? fault = null) =>
        new(state, apex, time.GetUtcNow() + (timeToLive < LongestTrust ? timeToLive : LongestTrust), keys, fault);

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
