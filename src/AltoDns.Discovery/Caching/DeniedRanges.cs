// Gaps between names that verified NSEC records showed: questions about names in them need not be asked (RFC 8198).

using AltoDns.Discovery.Validating;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Caching;

/// <summary>What the known gaps say of a name.</summary>
/// <param name="Kind">The answer.</param>
/// <param name="Wildcard">Of <see cref="DeniedKind.Wildcard"/>: whose records are the answer.</param>
internal readonly record struct Denied(DeniedKind Kind, DomainName Wildcard, TimeSpan TimeToLive);

internal enum DeniedKind
{
    /// <summary>The gaps do not say.</summary>
    Unknown,

    NameError,

    NoData,

    /// <summary>The name does not exist; whether a wildcard stands for it is for the cache to know.</summary>
    Wildcard,
}

/// <summary>Gaps of each zone in canonical order. Bounded: a zone that is full starts anew. Safe for several threads.</summary>
internal sealed class DeniedRanges(TimeProvider time)
{
    private const int MaxGapsPerZone = 4_096;
    private const int MaxZones = 1_024;

    private static readonly Comparer<Gap> ByOwner = Comparer<Gap>.Create((left, right) => left.Owner.CompareTo(right.Owner));

    private readonly Lock _gate = new();
    private readonly Dictionary<DomainName, List<Gap>> _zones = [];

    public void Add(VerifiedNsec nsec)
    {
        lock (_gate)
        {
            if (!_zones.TryGetValue(nsec.Apex, out var gaps))
            {
                if (_zones.Count == MaxZones)
                {
                    _zones.Clear();
                }

                _zones.Add(nsec.Apex, gaps = []);
            }

            var gap = new Gap(nsec.Owner, nsec.Data, time.GetUtcNow().AddSeconds(nsec.TimeToLive));
            var place = gaps.BinarySearch(gap, ByOwner);
            if (place >= 0)
            {
                gaps[place] = gap;
                return;
            }

            if (gaps.Count == MaxGapsPerZone)
            {
                gaps.Clear();
                place = ~0;
            }

            gaps.Insert(~place, gap);
        }
    }

    /// <summary>Answers from what is known of the deepest zone above a name.</summary>
    public Denied Find(DomainName name, RecordType type)
    {
        lock (_gate)
        {
            // The apex's own DS is the parent's to answer.
            for (var apex = type == RecordType.DS ? name.Parent : name; _zones.Count > 0; apex = apex.Parent)
            {
                if (_zones.TryGetValue(apex, out var gaps))
                {
                    return Find(gaps, apex, name, type);
                }

                if (apex.IsRoot)
                {
                    break;
                }
            }

            return default;
        }
    }

    private Denied Find(List<Gap> gaps, DomainName apex, DomainName name, RecordType type)
    {
        if (Before(gaps, name) is not { } gap)
        {
            return default;
        }

        if (gap.Owner == name)
        {
            return Denials.AtName(gap.Data.Types, type) is Proof.Shown ? Answer(DeniedKind.NoData, gap) : default;
        }

        if (!NsecDenial.Covers(gap.Owner, gap.Data, apex, name))
        {
            return default;
        }

        if (gap.Data.NextName.IsSubdomainOf(name))
        {
            return Answer(DeniedKind.NoData, gap); // an empty non-terminal
        }

        if (!NsecDenial.ClosestEncloser(gap.Owner, gap.Data.NextName, name).TryPrependWildcard(out var wildcard))
        {
            return default;
        }

        // RFC 8198 §5.3: the wildcard's records, where they are known, need no proof of their own.
        var source = Before(gaps, wildcard);
        if (source is not null && source.Owner == wildcard && Denials.AtName(source.Data.Types, type) is Proof.Shown)
        {
            return Answer(DeniedKind.NoData, Sooner(gap, source));
        }

        return source is not null && NsecDenial.Covers(source.Owner, source.Data, apex, wildcard) && !source.Data.NextName.IsSubdomainOf(wildcard)
            ? Answer(DeniedKind.NameError, Sooner(gap, source))
            : new Denied(DeniedKind.Wildcard, wildcard, Left(gap));
    }

    private Denied Answer(DeniedKind kind, Gap gap) => new(kind, default, Left(gap));

    private TimeSpan Left(Gap gap) => gap.Expires - time.GetUtcNow();

    private static Gap Sooner(Gap left, Gap right) => left.Expires < right.Expires ? left : right;

    // The gap that begins at a name or last before it, where it is still valid.
    private Gap? Before(List<Gap> gaps, DomainName name)
    {
        var place = gaps.BinarySearch(new Gap(name, null!, default), ByOwner);
        place = place >= 0 ? place : ~place - 1;
        return place >= 0 && gaps[place].Expires > time.GetUtcNow() ? gaps[place] : null;
    }

    private sealed record Gap(DomainName Owner, NsecData Data, DateTimeOffset Expires);
}
