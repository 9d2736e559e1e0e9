// Whether a validator could believe an answer from signed zones, signatures taken for good (RFC 4035 §5, RFC 5155 §8).

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Testing.Proofs;

/// <summary>One whole answer to a question with DO, from zones that are all signed.</summary>
public sealed class ProofChecker
{
    private readonly ResponseCode _code;
    private readonly IReadOnlyList<ResourceRecord> _answers;
    private readonly IReadOnlyList<ResourceRecord> _authority;

    private ProofChecker(ResponseCode code, IReadOnlyList<ResourceRecord> answers, IReadOnlyList<ResourceRecord> authority)
    {
        _code = code;
        _answers = answers;
        _authority = authority;
    }

    /// <summary>What is missing, on one line; null where nothing is.</summary>
    public static string? FindFault(
        DomainName name, RecordType type, ResponseCode code, IReadOnlyList<ResourceRecord> answers, IReadOnlyList<ResourceRecord> authority)
    {
        var checker = new ProofChecker(code, answers, authority);
        return checker.FindUnsigned() ?? checker.FollowAliases(name, type);
    }

    // RFC 4035 §3.1.1: each RRset with its signatures, but for what a zone is not the authority of and what is made from a DNAME.
    private string? FindUnsigned()
    {
        foreach (var section in new[] { _answers, _authority })
        {
            foreach (var record in section.Where(record => record.Type != RecordType.RRSIG && SignatureOf(section, record.Owner, record.Type) is null))
            {
                var isSynthesized = record.Type == RecordType.CNAME && DnameAbove(record.Owner) is not null;
                var isReferral = record.Type == RecordType.NS && section == _authority;
                if (!isSynthesized && !isReferral)
                {
                    return $"{record.Owner} {record.Type.Mnemonic()} is not signed";
                }
            }
        }

        return null;
    }

    private string? FollowAliases(DomainName name, RecordType type)
    {
        var seen = new HashSet<DomainName>();
        while (seen.Add(name))
        {
            var owned = _answers.Where(record => record.Owner == name).ToList();
            if (owned.Count > 0 && FindCloserMatch(name) is { } fault)
            {
                return fault;
            }

            var alias = owned.Find(record => record.Type == RecordType.CNAME);
            if (owned.Exists(record => record.Type == type || type == RecordType.ANY) || (alias.Data is null && owned.Count > 0))
            {
                return null;
            }

            if (alias.Data is null)
            {
                return DnameAbove(name) is not null ? null : CheckEnd(name, type);
            }

            name = ((CnameData)alias.Data).Target;
        }

        return null;
    }

    // RFC 4035 §5.3.4, RFC 5155 §8.8: what a wildcard was expanded to has no closer match.
    private string? FindCloserMatch(DomainName name)
    {
        foreach (var signature in _answers.Where(record => record.Owner == name).Select(record => record.Data).OfType<RrsigData>())
        {
            var labels = name.LabelCount - (name.IsWildcard ? 1 : 0);
            if (signature.Labels < labels && !Denial.Of(_authority, signature.Signer).Denies(Suffix(name, signature.Labels + 1)))
            {
                return $"{Suffix(name, signature.Labels + 1)} is not denied, {name} may not be made from a wildcard";
            }
        }

        return null;
    }

    private string? CheckEnd(DomainName name, RecordType type)
    {
        var soa = _authority.FirstOrDefault(record => record.Type == RecordType.SOA);
        if (soa.Data is not null)
        {
            var denial = Denial.Of(_authority, soa.Owner);
            return _code == ResponseCode.NameError ? CheckNameError(denial, name, soa.Owner) : CheckNoData(denial, name, type, soa.Owner);
        }

        var cut = _authority.FirstOrDefault(record => record.Type == RecordType.NS && name.IsSubdomainOf(record.Owner));

        // An alias may lead out of all zones, and a name that got too long is nobody's.
        return cut.Data is not null ? CheckReferral(cut.Owner)
            : _answers.Count > 0 || _code == ResponseCode.Refused ? null
            : "there is neither an SOA nor a referral";
    }

    // RFC 4035 §5.2: signed, or provably not.
    private string? CheckReferral(DomainName cut)
    {
        if (SignatureOf(_authority, cut, RecordType.DS) is not null || SignatureOf(_authority, cut, RecordType.NS) is not null)
        {
            return null;
        }

        foreach (var signer in _authority.Select(record => record.Data).OfType<RrsigData>().Select(signature => signature.Signer).Distinct())
        {
            var denial = Denial.Of(_authority, signer);
            var types = denial.TypesAt(cut);
            if (types is not null ? IsUnsignedCut(types) : ClosestEncloser(denial, cut, signer) is { } encloser && denial.OptsOut(Below(encloser, cut)))
            {
                return null;
            }
        }

        return $"{cut} is not proved to be unsigned";
    }

    private static bool IsUnsignedCut(IReadOnlySet<RecordType> types) =>
        types.Contains(RecordType.NS) && !types.Contains(RecordType.DS) && !types.Contains(RecordType.SOA);

    private static string? CheckNameError(Denial denial, DomainName name, DomainName zone)
    {
        if (ClosestEncloser(denial, name, zone) is not { } encloser)
        {
            return $"{name} has no closest encloser";
        }

        // Below a name that opts out there may be what the zone does not speak of, so its wildcards do not matter.
        return denial.OptsOut(Below(encloser, name)) || denial.Denies(Wildcard(encloser)) ? null : $"{Wildcard(encloser)} is not denied";
    }

    private static string? CheckNoData(Denial denial, DomainName name, RecordType type, DomainName zone)
    {
        if (denial.TypesAt(name) is { } types)
        {
            return CheckTypes(name, type, types);
        }

        if (ClosestEncloser(denial, name, zone) is not { } encloser)
        {
            return $"{name} has no closest encloser";
        }

        if (denial.OptsOut(Below(encloser, name)) && denial.TypesAt(Wildcard(encloser)) is null)
        {
            return null;
        }

        return denial.TypesAt(Wildcard(encloser)) is { } wildcard
            ? CheckTypes(Wildcard(encloser), type, wildcard)
            : $"nothing is proved of {Wildcard(encloser)}";
    }

    // RFC 6840 §4.1, §4.3: the parent's record at a cut says of DS alone, and an alias has every type.
    private static string? CheckTypes(DomainName name, RecordType type, IReadOnlySet<RecordType> types) =>
        types.Contains(type) ? $"{name} has the type"
        : types.Contains(RecordType.CNAME) ? $"{name} is an alias"
        : type != RecordType.DS && types.Contains(RecordType.NS) && !types.Contains(RecordType.SOA) && !name.IsWildcard ? $"{name} is a cut"
        : null;

    private static DomainName? ClosestEncloser(Denial denial, DomainName name, DomainName zone)
    {
        for (var labels = name.LabelCount - 1; labels >= zone.LabelCount; labels--)
        {
            if (denial.Exists(Suffix(name, labels)) && denial.Denies(Suffix(name, labels + 1)))
            {
                return Suffix(name, labels);
            }
        }

        return null;
    }

    private DomainName? DnameAbove(DomainName name) => _answers
        .Where(record => record.Type == RecordType.DNAME && name != record.Owner && name.IsSubdomainOf(record.Owner))
        .Select(record => (DomainName?)record.Owner).FirstOrDefault();

    private static RrsigData? SignatureOf(IReadOnlyList<ResourceRecord> section, DomainName owner, RecordType type) =>
        section.Where(record => record.Owner == owner).Select(record => record.Data).OfType<RrsigData>().FirstOrDefault(signature => signature.TypeCovered == type);

    private static DomainName Below(DomainName encloser, DomainName name) => Suffix(name, encloser.LabelCount + 1);

    private static DomainName Suffix(DomainName name, int labels)
    {
        while (name.LabelCount > labels)
        {
            name = name.Parent;
        }

        return name;
    }

    private static DomainName Wildcard(DomainName parent) => parent.TryPrependWildcard(out var wildcard) ? wildcard : parent;
}
