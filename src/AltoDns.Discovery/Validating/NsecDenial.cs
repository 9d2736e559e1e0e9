// Proofs from NSEC records (RFC 4035 §5.4): a gap between two names, and the types at a name.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Validating;

/// <param name="records">Of one zone.</param>
internal sealed class NsecDenial(IReadOnlyList<VerifiedNsec> records) : IDenial
{
    public Proof NameError(DomainName name)
    {
        if (FindGap(name) is not { } gap || gap.Data.NextName.IsSubdomainOf(name))
        {
            return Proof.Missing; // a name below it exists: it is an empty non-terminal
        }

        return ClosestEncloser(gap, name).TryPrependWildcard(out var wildcard) && FindGap(wildcard) is { } wildcardGap && !wildcardGap.Data.NextName.IsSubdomainOf(wildcard)
            ? Proof.Shown
            : Proof.Missing;
    }

    public Proof NoData(DomainName name, RecordType type)
    {
        if (FindAt(name) is { } match)
        {
            return Denials.AtName(match.Data.Types, type);
        }

        if (FindGap(name) is not { } gap)
        {
            return Proof.Missing;
        }

        if (gap.Data.NextName.IsSubdomainOf(name))
        {
            return Proof.Shown; // an empty non-terminal (RFC 4592 §2.2.2) has no records at all
        }

        return ClosestEncloser(gap, name).TryPrependWildcard(out var wildcard) && FindAt(wildcard) is { } source
            ? Denials.AtName(source.Data.Types, type)
            : Proof.Missing;
    }

    public Proof WildcardApplies(DomainName name, int closestEncloserLabels) =>
        FindGap(name) is { } gap
        && !gap.Data.NextName.IsSubdomainOf(Denials.Ancestor(name, closestEncloserLabels + 1))
        && ClosestEncloser(gap, name).LabelCount == closestEncloserLabels
            ? Proof.Shown
            : Proof.Missing;

    /// <summary>Whether a name lies between a record's owner and the next name, and the record may speak of it.</summary>
    public static bool Covers(DomainName owner, NsecData data, DomainName apex, DomainName name)
    {
        if (!name.IsSubdomainOf(apex) || owner.CompareTo(name) >= 0)
        {
            return false;
        }

        // The last name's next is the apex.
        var isBeforeNext = name.CompareTo(data.NextName) < 0 || data.NextName == apex;
        return isBeforeNext && !(name.IsSubdomainOf(owner) && Denials.EndsAuthority(data.Types));
    }

    /// <summary>The deepest name above one in a gap that exists: what it has in common with either end (RFC 4592 §3.3.1).</summary>
    public static DomainName ClosestEncloser(DomainName owner, DomainName next, DomainName name) =>
        Denials.Ancestor(name, Math.Max(Denials.CommonLabels(owner, name), Denials.CommonLabels(next, name)));

    private static DomainName ClosestEncloser(VerifiedNsec gap, DomainName name) => ClosestEncloser(gap.Owner, gap.Data.NextName, name);

    private VerifiedNsec? FindAt(DomainName name) => records.FirstOrDefault(record => record.Owner == name);

    private VerifiedNsec? FindGap(DomainName name) => records.FirstOrDefault(record => Covers(record.Owner, record.Data, record.Apex, name));
}
