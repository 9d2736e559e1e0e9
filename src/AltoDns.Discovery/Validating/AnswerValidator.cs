// Validates a response: every alias, the RRset at their end or the proof that there is none, and each wildcard on the way (RFC 4035 §5).

using AltoDns.Discovery.Resolving;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Validating;

/// <param name="Fault">Why the answer must not be used; null where it may.</param>
/// <param name="IsBogus">Whether the fault is one of the data, not of the asking.</param>
/// <param name="Outcome">As the proof has it: a NODATA proof under an NXDOMAIN code is NODATA.</param>
/// <param name="TimeToLive">What signatures allow; the answer's own TTLs may be less.</param>
/// <param name="Nsecs">Verified NSEC records, for answering more questions (RFC 8198).</param>
/// <param name="Wildcard">The wildcard's own name where the RRset asked for came from one and was verified.</param>
internal sealed record Validation(
    LookupSecurity Security,
    LookupOutcome Outcome,
    TimeSpan TimeToLive,
    IReadOnlyList<VerifiedNsec> Nsecs,
    DomainName? Wildcard = null,
    string? Fault = null,
    bool IsBogus = false);

/// <summary>Safe for several threads.</summary>
internal sealed class AnswerValidator
{
    private readonly TrustFinder _finder;
    private readonly TimeProvider _time;

    /// <param name="ask">Asks a resolver, signatures included.</param>
    public AnswerValidator(TrustAnchors anchors, TimeProvider time, Func<Query, Task<UpstreamAnswer>> ask)
    {
        _time = time;
        _finder = new TrustFinder(anchors, time, ask);
    }

    public async Task<Validation> ValidateAsync(ResponseMessage response, ReadAnswer answer, DomainName name, RecordType type)
    {
        var work = new Work(response, new WorkBudget());
        var current = name;
        while (current != answer.CanonicalName)
        {
            if (await CheckAliasAsync(work, current) is not { } target)
            {
                return work.Failed();
            }

            current = target;
        }

        var outcome = answer.Outcome;
        if (outcome == LookupOutcome.Found)
        {
            var set = work.Answers.First(set => set.Owner == current && set.Type == type);
            await CheckSetAsync(work, set);
            if (work.Fault is null && work.Security == LookupSecurity.Secure && work.LastWildcard is { } wildcard)
            {
                work.Wildcard = wildcard;
            }
        }
        else if (answer.HasEnd)
        {
            outcome = await CheckAbsenceAsync(work, current, type, outcome);
        }

        return work.Fault is null ? work.Passed(outcome) : work.Failed();
    }

    // The target; null where the alias is bogus.
    private async Task<DomainName?> CheckAliasAsync(Work work, DomainName name)
    {
        var alias = work.Answers.FirstOrDefault(set => set.Owner == name && set.Type == RecordType.CNAME);
        var target = (alias?.Records[0].Data as CnameData)?.Target;
        foreach (var redirection in work.Answers.Where(set => set.Type == RecordType.DNAME && name != set.Owner && name.IsSubdomainOf(set.Owner)))
        {
            // RFC 6672 §5.3.1: a CNAME made from a DNAME is not signed, and right where the DNAME is.
            if (AnswerReader.TrySubstitute(name, redirection.Owner, ((DnameData)redirection.Records[0].Data).Target, out var made)
                && (target is null || target.Value == made)
                && alias is null or { Signatures.Count: 0 })
            {
                await CheckSetAsync(work, redirection);
                return work.Fault is null ? made : null;
            }
        }

        if (alias is null)
        {
            work.Fail("an alias is missing", isBogus: true);
            return null;
        }

        await CheckSetAsync(work, alias);
        return work.Fault is null ? target : null;
    }

    private async Task CheckSetAsync(Work work, SignedSet set)
    {
        work.LastWildcard = null;
        var trust = set.Signer is { } signer
            ? await _finder.FindZoneAsync(signer, work.Budget)
            : await _finder.FindEnclosingAsync(set.Type == RecordType.DS ? set.Owner.Parent : set.Owner, work.Budget);
        if (trust is not { State: TrustState.Secure, Keys: { } keys })
        {
            work.Lower(trust);
            return;
        }

        if (set.Signer is null)
        {
            work.Fail($"{set.Owner} {set.Type.Mnemonic()} has no signature", isBogus: true);
            return;
        }

        var verdict = keys.Verify(set.Records, set.Signatures, _time.GetUtcNow(), work.Budget);
        if (!verdict.IsValid)
        {
            work.Fail(verdict.Fault!, isBogus: true);
            return;
        }

        work.Limit(TimeSpan.FromSeconds(verdict.TimeToLive));
        if (verdict.ClosestEncloserLabels >= 0)
        {
            await CheckWildcardAsync(work, set.Owner, verdict.ClosestEncloserLabels);
        }
    }

    // RFC 4035 §5.3.4: a wildcard's answer is only right where the name itself does not exist.
    private async Task CheckWildcardAsync(Work work, DomainName owner, int labels)
    {
        var proof = await ProofOfAsync(work);
        switch (work.Fault is null ? proof.Denial.WildcardApplies(owner, labels) : Proof.Shown)
        {
            case Proof.Missing:
                work.Fail($"nothing proves that {owner} does not exist beside the wildcard", isBogus: true);
                break;
            case Proof.Unprovable:
                work.Security = LookupSecurities.Weaker(work.Security, LookupSecurity.Insecure);
                break;
            default:
                work.Limit(proof.TimeToLive);
                work.LastWildcard = Denials.Ancestor(owner, labels).TryPrependWildcard(out var wildcard) ? wildcard : null;
                break;
        }
    }

    private async Task<LookupOutcome> CheckAbsenceAsync(Work work, DomainName name, RecordType type, LookupOutcome outcome)
    {
        var proof = await ProofOfAsync(work);
        if (work.Fault is not null)
        {
            return outcome;
        }

        if (proof.Zone is not { State: TrustState.Secure } zone || !name.IsSubdomainOf(zone.Apex))
        {
            var trust = proof.Zone is { State: not TrustState.Secure } weak && name.IsSubdomainOf(weak.Apex)
                ? weak
                : await _finder.FindEnclosingAsync(type == RecordType.DS ? name.Parent : name, work.Budget);
            if (trust.State == TrustState.Secure)
            {
                work.Fail($"nothing proves that {name} has no {type.Mnemonic()}", isBogus: true);
            }

            work.Lower(trust);
            return outcome;
        }

        work.Limit(proof.TimeToLive);
        var shown = outcome == LookupOutcome.NameError ? proof.Denial.NameError(name) : Proof.Missing;
        if (shown == Proof.Missing && proof.Denial.NoData(name, type) is var lacks and not Proof.Missing)
        {
            shown = lacks;
            outcome = LookupOutcome.NoData;
        }

        if (shown == Proof.Missing && await IsBelowUnsignedAsync(work, name, zone, type))
        {
            shown = Proof.Unprovable;
        }

        if (shown == Proof.Missing)
        {
            work.Fail($"nothing proves that {name} has no {type.Mnemonic()}", isBogus: true);
        }
        else if (shown == Proof.Unprovable)
        {
            work.Security = LookupSecurities.Weaker(work.Security, LookupSecurity.Insecure);
        }

        return outcome;
    }

    // A proof that belongs to an alias's zone, not to the one at the end, which may be unsigned.
    private async Task<bool> IsBelowUnsignedAsync(Work work, DomainName name, ZoneTrust zone, RecordType type)
    {
        var enclosing = await _finder.FindEnclosingAsync(type == RecordType.DS ? name.Parent : name, work.Budget);
        return enclosing.State == TrustState.Insecure && enclosing.Apex != zone.Apex;
    }

    private async Task<AuthorityProof> ProofOfAsync(Work work)
    {
        work.Proof ??= await ProofReader.ReadAsync(work.Response.Authority, _finder, _time, work.Budget);
        if (work.Proof.Fault is { } fault)
        {
            work.Fail(fault, !work.Proof.IsTemporary);
        }

        return work.Proof;
    }

    // What has been found of one response so far.
    private sealed class Work(ResponseMessage response, WorkBudget budget)
    {
        public ResponseMessage Response { get; } = response;

        public IReadOnlyList<SignedSet> Answers { get; } = ResponseSets.Of(response.Answers);

        public WorkBudget Budget { get; } = budget;

        public LookupSecurity Security { get; set; } = LookupSecurity.Secure;

        public AuthorityProof? Proof { get; set; }

        public DomainName? LastWildcard { get; set; }

        public DomainName? Wildcard { get; set; }

        public string? Fault { get; private set; }

        private bool IsBogus { get; set; }

        private TimeSpan TimeToLive { get; set; } = TimeSpan.MaxValue;

        public void Fail(string fault, bool isBogus)
        {
            Fault ??= fault;
            IsBogus |= isBogus;
        }

        public void Limit(TimeSpan timeToLive) => TimeToLive = timeToLive < TimeToLive ? timeToLive : TimeToLive;

        public void Lower(ZoneTrust trust)
        {
            if (trust.State is TrustState.Bogus or TrustState.Unknown)
            {
                Fail(trust.Fault ?? "the chain of trust is broken", trust.State == TrustState.Bogus);
                return;
            }

            Security = trust.State switch
            {
                TrustState.Insecure => LookupSecurities.Weaker(Security, LookupSecurity.Insecure),
                TrustState.Indeterminate => LookupSecurity.Indeterminate,
                _ => Security,
            };
        }

        public Validation Passed(LookupOutcome outcome) =>
            new(Security, outcome, TimeToLive, Security == LookupSecurity.Secure && Proof is { } proof ? proof.Nsecs : [], Wildcard);

        public Validation Failed() => new(LookupSecurity.Indeterminate, LookupOutcome.Failed, TimeSpan.Zero, [], null, Fault, IsBogus);
    }
}
