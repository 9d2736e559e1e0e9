// Proofs from NSEC3 records (RFC 5155 §8): the same as from NSEC, over hashes of names.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Discovery.Validating;

/// <summary>An NSEC3 record whose signature was verified.</summary>
/// <param name="Hash">Of its owner's name.</param>
internal sealed record VerifiedNsec3(byte[] Hash, Nsec3Data Data)
{
    private const byte OptOutFlag = 1;
    private const byte Sha1 = 1;

    public bool IsOptOut => (Data.Flags & OptOutFlag) != 0;

    /// <summary>Null where the owner is no hash below the apex, or hash or flags are unknown and the record is to be ignored (RFC 5155 §8.1, §8.2).</summary>
    public static VerifiedNsec3? From(DomainName apex, DomainName owner, Nsec3Data data) =>
        data.HashAlgorithm == Sha1
        && (data.Flags & ~OptOutFlag) == 0
        && data.NextHash.Length == Nsec3Hash.Length
        && owner.LabelCount == apex.LabelCount + 1
        && Base32Hex.TryDecode(owner.FirstLabel, out var hash)
        && hash.Length == Nsec3Hash.Length
            ? new VerifiedNsec3(hash, data)
            : null;

    public bool Covers(ReadOnlySpan<byte> hash)
    {
        var next = Data.NextHash.Span;
        var isAfter = hash.SequenceCompareTo(Hash) > 0;
        var isBefore = hash.SequenceCompareTo(next) < 0;
        return next.SequenceCompareTo(Hash) > 0 ? isAfter && isBefore : (isAfter || isBefore) && !hash.SequenceEqual(Hash);
    }
}

internal sealed class Nsec3Denial : IDenial
{
    private readonly DomainName _apex;
    private readonly List<VerifiedNsec3> _records;
    private readonly Nsec3ParamData _parameters;
    private readonly WorkBudget _budget;

    /// <param name="records">Of one zone, at least one.</param>
    public Nsec3Denial(DomainName apex, IReadOnlyList<VerifiedNsec3> records, WorkBudget budget)
    {
        // RFC 5155 §8.2: records of one chain have the same parameters.
        var first = records[0].Data;
        _apex = apex;
        _budget = budget;
        _parameters = new Nsec3ParamData(first.HashAlgorithm, 0, first.Iterations, first.Salt.ToArray());
        _records = [.. records.Where(record => record.Data.Iterations == first.Iterations && record.Data.Salt.Span.SequenceEqual(first.Salt.Span))];
    }

    private bool IsTooCostly => _parameters.Iterations > WorkBudget.MaxIterations;

    public Proof NameError(DomainName name)
    {
        if (IsTooCostly)
        {
            return Proof.Unprovable;
        }

        if (!TryFindEncloser(name, out var encloser, out var nextCloser)
            || !encloser.TryPrependWildcard(out var wildcard)
            || FindCovering(wildcard) is null)
        {
            return Proof.Missing;
        }

        return nextCloser.IsOptOut ? Proof.Unprovable : Proof.Shown; // RFC 5155 §9.2
    }

    public Proof NoData(DomainName name, RecordType type)
    {
        if (IsTooCostly)
        {
            return Proof.Unprovable;
        }

        if (FindAt(name) is { } match)
        {
            return Denials.AtName(match.Data.Types, type);
        }

        if (!TryFindEncloser(name, out var encloser, out var nextCloser))
        {
            return Proof.Missing;
        }

        if (encloser.TryPrependWildcard(out var wildcard) && FindAt(wildcard) is { } source)
        {
            return Denials.AtName(source.Data.Types, type) is Proof.Shown && nextCloser.IsOptOut ? Proof.Unprovable : Denials.AtName(source.Data.Types, type);
        }

        // RFC 5155 §8.6: an unsigned delegation, or the empty non-terminal above one, may lie in a span with opt-out.
        return nextCloser.IsOptOut ? Proof.Unprovable : Proof.Missing;
    }

    public Proof WildcardApplies(DomainName name, int closestEncloserLabels)
    {
        if (IsTooCostly)
        {
            return Proof.Unprovable;
        }

        if (FindCovering(Denials.Ancestor(name, closestEncloserLabels + 1)) is not { } nextCloser)
        {
            return Proof.Missing;
        }

        return nextCloser.IsOptOut ? Proof.Unprovable : Proof.Shown;
    }

    // RFC 5155 §8.3: an ancestor that exists, and below it on the way to the name one that does not.
    private bool TryFindEncloser(DomainName name, out DomainName encloser, out VerifiedNsec3 nextCloser)
    {
        nextCloser = null!;
        encloser = name;
        var candidate = name;
        while (encloser.LabelCount > _apex.LabelCount)
        {
            candidate = encloser;
            encloser = encloser.Parent;
            if (FindAt(encloser) is { } match)
            {
                if (Denials.EndsAuthority(match.Data.Types) || FindCovering(candidate) is not { } covering)
                {
                    return false;
                }

                nextCloser = covering;
                return true;
            }
        }

        return false;
    }

    private VerifiedNsec3? FindAt(DomainName name)
    {
        Span<byte> hash = stackalloc byte[Nsec3Hash.Length];
        return TryHash(name, hash) ? Find(hash, matches: true) : null;
    }

    private VerifiedNsec3? FindCovering(DomainName name)
    {
        Span<byte> hash = stackalloc byte[Nsec3Hash.Length];
        return TryHash(name, hash) ? Find(hash, matches: false) : null;
    }

    private VerifiedNsec3? Find(ReadOnlySpan<byte> hash, bool matches)
    {
        foreach (var record in _records)
        {
            if (matches ? hash.SequenceEqual(record.Hash) : record.Covers(hash))
            {
                return record;
            }
        }

        return null;
    }

    private bool TryHash(DomainName name, Span<byte> hash)
    {
        if (!_budget.TryHash(_parameters.Iterations))
        {
            return false;
        }

        Nsec3Hash.Compute(name.ToLower().Wire, _parameters, hash);
        return true;
    }
}
