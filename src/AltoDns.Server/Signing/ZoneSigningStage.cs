// Between loading and publishing: signs the zones that are to be signed and lets none pass that is not valid.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Server.Reloading;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Signing;

/// <summary>
/// Remembers the signed zones that are served, so that what has not changed keeps its signatures. A zone that cannot be signed, or that
/// was signed and may not be left unsigned, is an error of the load: nothing is published then. One call at a time, save for
/// <see cref="IsDue"/>.
/// </summary>
/// <param name="signatures">Where signatures outlast the program; null for nowhere.</param>
public sealed class ZoneSigningStage(
    KeyKeeper keeper, KeyStore store, TimeProvider timeProvider, ILogger<ZoneSigningStage> logger, SignatureKeeper? signatures = null)
{
    // Signatures fall due one by one; they are made anew for an hour at once.
    private static readonly TimeSpan LongestAhead = TimeSpan.FromHours(1);

    // A clock may be set back by a moment without harm.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>How what was signed is checked.</summary>
    internal Func<SignedZone, DateTimeOffset, VerificationResult> Verify { get; init; } = (signed, now) => signed.Verify(now);

    private readonly ForeignSignatures _foreign = new(timeProvider, logger);
    private readonly SerialStore _serials = new(store.Folder);
    private readonly Dictionary<DomainName, ServedZone> _pending = [];
    private volatile IReadOnlyDictionary<DomainName, ServedZone> _served = new Dictionary<DomainName, ServedZone>();
    private IReadOnlyList<Problem> _lastProblems = [];
    private IReadOnlyDictionary<DomainName, SerialPolicy> _numbering = new Dictionary<DomainName, SerialPolicy>();
    private DateTimeOffset _lastLook;

    // What edits have changed in the zones that are being signed, each before it is signed and then signed.
    private Dictionary<DomainName, KnownChange> _changes = [];

    /// <summary>When the first signature of a zone that is signed here expires; null for another zone.</summary>
    public DateTimeOffset? SignedUntil(DomainName origin) =>
        _served.TryGetValue(origin, out var zone) ? SignatureTimes.ToTime(zone.FirstExpiration, timeProvider.GetUtcNow()) : null;

    /// <summary>Why a zone could not be signed again, so that it is served as before; null where it could.</summary>
    public Problem? LastProblem(DomainName origin) =>
        _lastProblems.FirstOrDefault(problem => problem.Position.File == origin.ToString());

    /// <summary>The load with its zones signed, or with the problems that keep them from it.</summary>
    /// <param name="isAmendment">Whether zones differ from those served only where <see cref="ZoneLoadResult.Changes"/> says so.</param>
    public ZoneLoadResult Sign(ZoneLoadResult loaded, bool isAmendment = false)
    {
        _pending.Clear();
        _numbering = loaded.Numbering;
        if (loaded.Zones is null)
        {
            return loaded;
        }

        var problems = new ProblemList();
        var signed = new Dictionary<DomainName, ZoneSnapshot>();
        _changes = new Dictionary<DomainName, KnownChange>(loaded.Changes);
        foreach (var zone in loaded.Zones.Zones)
        {
            if (!loaded.Signing.TryGetValue(zone.Origin, out var policy))
            {
                if (!isAmendment)
                {
                    Pass(zone, problems);
                }
            }
            else if (isAmendment && !loaded.Changes.ContainsKey(zone.Origin) && _served.TryGetValue(zone.Origin, out var served))
            {
                (_pending[zone.Origin], signed[zone.Origin]) = (served, served.Signed);
            }
            else if (TrySign(zone, policy, loaded.Changes.GetValueOrDefault(zone.Origin), isRefresh: false, problems) is { } version)
            {
                signed[zone.Origin] = version;
            }
        }

        return problems.HasErrors
            ? loaded with { Zones = null, Problems = [.. loaded.Problems, .. problems.All] }
            : loaded with { Zones = loaded.Zones.Replacing(signed), Problems = [.. loaded.Problems, .. problems.All], Changes = _changes };
    }

    /// <summary>Signs again what keys or time require; null where nothing does. A zone that fails stays as it is served, and the log says so once.</summary>
    public ZoneSet? SignAgain(ZoneLoadResult loaded)
    {
        _pending.Clear();
        var problems = new ProblemList();
        var zones = new List<ZoneSnapshot>();
        var hasNew = false;
        foreach (var zone in loaded.Zones!.Zones)
        {
            if (!_served.TryGetValue(zone.Origin, out var served) || !loaded.Signing.TryGetValue(zone.Origin, out var policy))
            {
                zones.Add(zone);
                continue;
            }

            var signed = TrySign(zone, policy, change: null, isRefresh: true, problems);
            hasNew |= signed is not null && signed != served.Signed;
            zones.Add(signed ?? served.Signed);
            _pending.TryAdd(zone.Origin, served);
        }

        foreach (var problem in problems.All.Except(_lastProblems))
        {
            logger.SigningAgainFailed(problem);
        }

        _lastProblems = problems.All;
        return hasNew ? loaded.Zones.With(zones) : null;
    }

    /// <summary>To be called once what was signed is served.</summary>
    public void Published()
    {
        keeper.Retain(_pending.Keys.ToHashSet());
        var confirmed = _pending.Values.Where(zone => !_served.TryGetValue(zone.Signed.Origin, out var before) || before.Keys.Generation != zone.Keys.Generation).ToList();
        _served = new Dictionary<DomainName, ServedZone>(_pending);
        foreach (var zone in _pending.Values)
        {
            zone.Line.Accept(zone.Signed);
        }

        signatures?.Keep(_pending.Values);

        _foreign.Check();
        foreach (var zone in confirmed)
        {
            try
            {
                keeper.Confirm(zone.Signed.Origin, zone.Keys.Generation, TimeSpan.FromSeconds(zone.Signed.LongestTimeToLive));
            }
            catch (KeyStoreException exception)
            {
                // The roll-over waits; nothing else is amiss.
                logger.SigningAgainFailed(exception.Problem);
            }
        }
    }

    /// <summary>Whether signatures of any zone are due, or the clock was set back so that some may not hold yet.</summary>
    public bool IsDue()
    {
        var now = timeProvider.GetUtcNow();
        var wentBack = _lastLook - now > ClockTolerance;
        if (wentBack)
        {
            logger.ClockWentBack(_lastLook - now);
        }

        _lastLook = now;
        return wentBack || _served.Values.Any(zone => zone.IsDue(now));
    }

    // A zone that is not to be signed, and so must not have been before unless it comes signed.
    private void Pass(ZoneSnapshot zone, ProblemList problems)
    {
        if (zone.HasSignatures)
        {
            _foreign.Add(zone);
            return;
        }

        try
        {
            using var keys = new ZoneKeys(store, zone.Origin);
            if (keys.FindBarToUnsigned() is { } bar)
            {
                problems.Add(bar);
            }
        }
        catch (KeyStoreException exception)
        {
            problems.Add(exception.Problem);
        }
    }

    private ZoneSnapshot? TrySign(ZoneSnapshot zone, DnssecPolicy policy, KnownChange? change, bool isRefresh, ProblemList problems)
    {
        try
        {
            var keys = keeper.Get(zone.Origin, policy);
            var before = _served.GetValueOrDefault(zone.Origin);
            var now = timeProvider.GetUtcNow();
            var terms = new SigningTerms(keys, policy, 0, now) { Ahead = AheadOf(policy) };
            if (before is not null && before.IsCurrent(zone, policy, keys) && !(isRefresh && DueSignatures.Any(before.Signed, terms.Times with { Refresh = (uint)policy.SignatureRefresh.TotalSeconds })))
            {
                _pending[zone.Origin] = before;
                return before.Signed;
            }

            var kept = before is null ? signatures?.Read(zone.Origin, keys) : null;
            if (kept is not null && MayStayAt(kept.Serial, zone) && ZoneSigner.TryRestore(zone, terms, kept) is { } restored && Verify(restored, now).IsValid)
            {
                logger.VersionTakenOver(zone.Origin, kept.Serial, restored.Kept);
                _pending[zone.Origin] = ServedZone.Of(zone, terms, restored, before: null);
                return restored.Zone;
            }

            terms = terms with { Serial = _serials.Next(zone.Origin, _numbering.GetValueOrDefault(zone.Origin), zone.Serial, now) };
            SaveSerial(zone.Origin, terms.Serial, isRefresh);
            return Sign(zone, terms, before, change, kept, problems);
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

    private ZoneSnapshot? Sign(ZoneSnapshot zone, SigningTerms terms, ServedZone? before, KnownChange? change, KeptSignatures? kept, ProblemList problems)
    {
        var began = timeProvider.GetTimestamp();
        var signed = SignNow(zone, terms, before, change, kept);
        if (before is not null && !signed.IsWhole)
        {
            before.Line.Offer(signed.Zone);
            _changes[zone.Origin] = new KnownChange(before.Signed, signed.Changed);
        }
        else
        {
            _changes.Remove(zone.Origin);
        }

        var result = Verify(signed, terms.Now);
        if (!result.IsValid && kept is not null)
        {
            // What was kept must never be why a zone is not served.
            signed = ZoneSigner.Sign(zone, terms);
            result = Verify(signed, terms.Now);
        }

        if (!result.IsValid)
        {
            problems.Add(SigningProblems.NotValid(zone, result));
            return null;
        }

        if (kept is not null)
        {
            logger.SignaturesTakenOver(signed.Kept, zone.Origin);
        }

        logger.ZoneSigned(zone.Origin, signed.Zone.Serial, signed.Made, (long)timeProvider.GetElapsedTime(began).TotalMilliseconds);
        _pending[zone.Origin] = ServedZone.Of(zone, terms, signed, before);
        return signed.Zone;
    }

    private static SignedZone SignNow(ZoneSnapshot zone, SigningTerms terms, ServedZone? before, KnownChange? change, KeptSignatures? kept)
    {
        if (before is null || before.Keys.Generation != terms.Keys.Generation || before.Policy != terms.Policy)
        {
            return ZoneSigner.Sign(zone, terms, before?.Signed, kept);
        }

        if (ReferenceEquals(zone, before.Unsigned))
        {
            return ZoneSigner.Refresh(zone, terms, before.Line.Begin());
        }

        var delta = change is not null && ReferenceEquals(change.Before, before.Unsigned)
            ? ZoneDelta.Of(before.Unsigned, zone, change.Names)
            : ZoneDelta.Between(before.Unsigned, zone);
        return ZoneSigner.Update(zone, terms, before.Line.Begin(), delta.ChangedNames);
    }

    // Secondaries need not fetch what is the same; whoever sets a serial by hand wants that one.
    private bool MayStayAt(uint serial, ZoneSnapshot zone) =>
        _serials.Last(zone.Origin) == serial && (_numbering.ContainsKey(zone.Origin) || SerialNumber.Compare(zone.Serial, serial) <= 0);

    // A refresh goes on without: that signatures expire would be worse than a serial that is used twice after a restart.
    private void SaveSerial(DomainName apex, uint serial, bool isRefresh)
    {
        try
        {
            _serials.Save(apex, serial);
        }
        catch (KeyStoreException exception) when (isRefresh)
        {
            logger.SigningAgainFailed(exception.Problem);
        }
    }

    private static TimeSpan AheadOf(DnssecPolicy policy) =>
        policy.SignatureRefresh / 4 < LongestAhead ? policy.SignatureRefresh / 4 : LongestAhead;
}
