// What there is to say of a zone's signatures: whether they hold, what the parent lacks, and what proves nothing for want of any.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;

namespace AltoDns.Web.Explaining;

/// <summary>Reads the state folder, and changes nothing in it.</summary>
public sealed class DnssecAdvisor(KeyStore store, TimeProvider timeProvider)
{
    // Signatures that others make are mostly made anew with more than this left.
    private static readonly TimeSpan SoonToExpire = TimeSpan.FromDays(3);

    /// <summary>Warnings about zones that were loaded; none where loading failed.</summary>
    public IReadOnlyList<Problem> Advise(LoadedZones loaded)
    {
        var problems = new ProblemList();
        if (loaded.Zones is null)
        {
            return [];
        }

        foreach (var policy in loaded.Policies.Where(policy => policy.Dnssec is null))
        {
            AdviseUnsigned(policy, problems);
        }

        foreach (var zone in loaded.Zones.Zones)
        {
            if (loaded.Signing.TryGetValue(zone.Origin, out var policy))
            {
                AdviseKeys(zone.Origin, policy, problems);
            }
            else if (zone.HasSignatures)
            {
                AdviseSigned(zone, problems);
            }
            else if (ZoneDigest.Check(zone) is DigestOutcome.Wrong or DigestOutcome.OtherSerial)
            {
                problems.Warn(PlaceOf(zone.Origin), "The ZONEMD record does not fit the zone.", "Make it anew, or remove it.");
            }
        }

        return problems.All;
    }

    /// <summary>One sentence about the signatures of a zone.</summary>
    /// <param name="policy">How it is signed here; null where it is not.</param>
    public string Describe(ZoneSnapshot zone, DnssecPolicy? policy)
    {
        if (policy is not null)
        {
            var problems = new ProblemList();
            AdviseKeys(zone.Origin, policy, problems);
            return $"Signed by this server. {(problems.All.Count > 0 ? problems.All[0].Fault : DescribeTrust(zone.Origin))}".TrimEnd();
        }

        return zone.HasSignatures && DueSignatures.FirstExpiration(zone) is { } first
            ? $"Comes signed; the first signature expires at {SignatureTime.ToString(first)}."
            : "Not signed: whoever is on the way can forge this answer.";
    }

    // What keeps validators from it that is as it should be, and so no warning.
    private string DescribeTrust(DomainName apex) => store.Load(apex)?.Keys.Where(key => key.IsKeySigning).ToList() switch
    {
        null or [] => "It has no keys yet: serve makes them.",
        var keys when keys.Exists(key => key.Ds.Spread == Spread.Omnipresent) => "",
        _ => "The parent is not known to have its DS record; without one nobody can validate this. 'altodns keys status' says what comes next.",
    };

    private static void AdviseUnsigned(PolicyDocument policy, ProblemList problems)
    {
        var keys = policy.Servers.SelectMany(server => server.Keys.Select(key => key.Position)).ToList();
        if (keys.Count > 0)
        {
            problems.Warn(keys[0], "The zones of this policy are not signed, so their key records (TXT) prove nothing: whoever forges an answer forges the key as well.", "Add 'dnssec: on'.");
        }

        var certificates = policy.Servers.SelectMany(server => server.Certificates.Select(certificate => certificate.Position)).ToList();
        if (certificates.Count > 0 && policy.ForwardZones.Count > 0)
        {
            problems.Warn(certificates[0], "The zones of this policy are not signed, so their TLSA records prove nothing, and clients pass over them (RFC 7671 §2.1).", "Add 'dnssec: on'.");
        }
    }

    private void AdviseKeys(DomainName apex, DnssecPolicy policy, ProblemList problems)
    {
        try
        {
            if (store.Load(apex) is not { } state)
            {
                return;
            }

            // What would keep the zone from being signed: each key is opened, as for signing.
            foreach (var key in state.Keys)
            {
                store.OpenKey(apex, key).Dispose();
            }

            var place = PlaceOf(apex);
            foreach (var key in state.Keys.Where(key => key.IsWanted && key.Ds is { Spread: Spread.Rumoured, Since: null }))
            {
                problems.Warn(
                    place,
                    $"The parent has no DS record of {key.Role.Abbreviation()} {key.Tag}, as far as is known: validators cannot know that the zone is signed with it.",
                    $"Bring the parent the record that 'altodns keys ds {apex}' prints, or wait for a parent that reads CDS records.");
            }

            if (state.Keys.Any(key => key.Algorithm != policy.Algorithm))
            {
                problems.Warn(
                    place,
                    $"The roll-over to algorithm {policy.Algorithm.Mnemonic()} is not at its end: there are keys of {string.Join(", ", state.Keys.Select(key => key.Algorithm).Where(algorithm => algorithm != policy.Algorithm).Distinct().Select(algorithm => algorithm.Mnemonic()))}.",
                    "It goes on by itself; 'altodns keys status' says what it waits for.");
            }
        }
        catch (KeyStoreException exception)
        {
            problems.Add(exception.Problem with { Severity = Severity.Warning });
        }
    }

    private void AdviseSigned(ZoneSnapshot zone, ProblemList problems)
    {
        var now = timeProvider.GetUtcNow();
        var result = ZoneVerifier.Verify(zone, now);
        if (!result.IsValid)
        {
            problems.Warn(PlaceOf(zone.Origin), $"The zone comes signed, but not validly: {result}.", "It is served as it is. Have it signed again where it comes from.");
        }
        else if (DueSignatures.FirstExpiration(zone) is { } first && SerialNumber.Compare(first, (uint)now.Add(SoonToExpire).ToUnixTimeSeconds()) < 0)
        {
            problems.Warn(PlaceOf(zone.Origin), $"The zone comes signed, and its first signature expires at {SignatureTime.ToString(first)}.", "Have it signed again where it comes from before that.");
        }
    }

    private static SourcePosition PlaceOf(DomainName apex) => new(apex.ToString(), 0, 0);
}
