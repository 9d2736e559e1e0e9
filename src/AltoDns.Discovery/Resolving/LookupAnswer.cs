// What a lookup found: the records at the end of all aliases, or the kind of nothing.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Resolving;

public enum LookupOutcome
{
    /// <summary>Records of the type asked for.</summary>
    Found,

    /// <summary>The name exists, without such records (NODATA).</summary>
    NoData,

    /// <summary>The name does not exist, and nothing below it (NXDOMAIN, RFC 8020).</summary>
    NameError,

    /// <summary>There is no usable answer now: a timeout, SERVFAIL, REFUSED, bogus data. Asking again later may help.</summary>
    Failed,
}

/// <summary>Immutable, and shared by all names that are answered alike.</summary>
public sealed class LookupAnswer
{
    public required LookupOutcome Outcome { get; init; }

    /// <summary>As the resolver gave it; <see cref="ResponseCode.ServerFailure"/> where there was no response.</summary>
    public required ResponseCode ResponseCode { get; init; }

    /// <summary>The RRset's data in the order of the response; empty unless <see cref="LookupOutcome.Found"/>.</summary>
    public IReadOnlyList<RecordData> Records { get; init; } = [];

    /// <summary>The name at the end of the aliases (CNAME, DNAME); null where the name asked for is none.</summary>
    public DomainName? CanonicalName { get; init; }

    public LookupSecurity Security { get; init; }

    /// <summary>Why a lookup failed, in words; null otherwise.</summary>
    public string? Failure { get; init; }

    internal static LookupAnswer Fail(string failure, ResponseCode code = ResponseCode.ServerFailure) =>
        new() { Outcome = LookupOutcome.Failed, ResponseCode = code, Failure = failure };
}

/// <summary>An answer and how it was come by.</summary>
/// <param name="TimeToLive">How long the answer may be used, from now.</param>
/// <param name="Elapsed">From the question to the answer; zero from the cache.</param>
/// <param name="FromCache">Whether nobody had to be asked.</param>
/// <param name="Resolver">Who answered; null where nobody did.</param>
public readonly record struct LookupResult(LookupAnswer Answer, TimeSpan TimeToLive, TimeSpan Elapsed, bool FromCache, string? Resolver);

/// <summary>Whatever answers for names: the resolver, or zones in memory.</summary>
public interface INameLookup
{
    /// <summary>Looks up one RRset of class IN, following aliases. Failure is an answer, too: nothing is thrown but for cancellation.</summary>
    ValueTask<LookupResult> LookupAsync(DomainName name, RecordType type, CancellationToken cancellationToken = default);
}
