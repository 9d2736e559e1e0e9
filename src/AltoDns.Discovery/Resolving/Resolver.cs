// The stub resolver: cache, one question at a time for each name, validation, and those who are asked.

using System.Collections.Concurrent;
using AltoDns.Discovery.Caching;
using AltoDns.Discovery.Validating;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Resolving;

/// <summary>Looks up RRsets through recursive resolvers. Make one and keep it: its cache and what it learns of servers live with it. Safe for several threads.</summary>
public sealed class Resolver : INameLookup, IAsyncDisposable
{
    private const int MaxContinuations = 8;

    private readonly ResolverOptions _options;
    private readonly UpstreamSet _upstreams;
    private readonly AnswerCache _cache;
    private readonly DeniedRanges _denied;
    private readonly AnswerValidator? _validator;
    private readonly ConcurrentDictionary<(DomainName Name, RecordType Type), Task<LookupResult>> _inFlight = new();
    private long _questions;

    public Resolver(ResolverOptions? options = null)
    {
        _options = options ?? new ResolverOptions();
        _upstreams = new UpstreamSet(_options);
        _cache = new AnswerCache(_options.CacheSize, _options.Time);
        _denied = new DeniedRanges(_options.Time);
        _validator = _options.Validate
            ? new AnswerValidator(_options.TrustAnchors ?? TrustAnchors.Root, _options.Time, query => AskAsync(query))
            : null;
    }

    /// <summary>Questions put to resolvers so far, those for keys of DNSSEC included, repeats for lost packets not.</summary>
    public long Questions => Interlocked.Read(ref _questions);

    /// <summary>Octets that the cache takes, as estimated.</summary>
    public long CacheSize => _cache.Size;

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookupAsync(DomainName name, RecordType type, CancellationToken cancellationToken = default)
    {
        if (TryGetCached(name, type, out var cached))
        {
            return ValueTask.FromResult(cached);
        }

        // Whoever asks for the same meanwhile waits for the same answer. It is not cancelled with the first who asked.
        var key = (name, type);
        if (!_inFlight.TryGetValue(key, out var task))
        {
            var completion = new TaskCompletionSource<LookupResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            task = _inFlight.GetOrAdd(key, completion.Task);
            if (task == completion.Task)
            {
                _ = CompleteAsync(key, completion);
            }
        }

        return new ValueTask<LookupResult>(cancellationToken.CanBeCanceled ? task.WaitAsync(cancellationToken) : task);
    }

    /// <summary>Answers from memory: what was asked before, and what follows from it (RFC 8020, RFC 8198).</summary>
    public bool TryGetCached(DomainName name, RecordType type, out LookupResult result)
    {
        if (_cache.TryGet(name, type, out var answer, out var timeToLive) || TryDeny(name, type, out answer, out timeToLive))
        {
            result = new LookupResult(answer, timeToLive, TimeSpan.Zero, true, null);
            return true;
        }

        result = default;
        return false;
    }

    public ValueTask DisposeAsync() => _upstreams.DisposeAsync();

    private async Task CompleteAsync((DomainName Name, RecordType Type) key, TaskCompletionSource<LookupResult> completion)
    {
        try
        {
            completion.SetResult(await ResolveAsync(key.Name, key.Type, MaxContinuations));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            completion.SetException(exception);
        }
        finally
        {
            _inFlight.TryRemove(key, out _);
        }
    }

    private async Task<UpstreamAnswer> AskAsync(Query query)
    {
        Interlocked.Increment(ref _questions);
        return await _upstreams.AskAsync(query, CancellationToken.None);
    }

    private async Task<LookupResult> ResolveAsync(DomainName name, RecordType type, int continuations)
    {
        if (TryGetCached(name, type, out var known))
        {
            return known; // it came in between
        }

        var start = _options.Time.GetTimestamp();
        var (answer, timeToLive, server) = await FetchAsync(name, type, continuations);
        if (answer.Outcome == LookupOutcome.Failed)
        {
            timeToLive = _options.FailureTimeToLive;
        }

        _cache.Add(name, KeyType(name, type, answer), answer, timeToLive);
        return new LookupResult(answer, timeToLive, _options.Time.GetElapsedTime(start), false, server?.ToString());
    }

    // A name that does not exist has no type at all; one that is an alias for such a name exists.
    private static RecordType KeyType(DomainName name, RecordType type, LookupAnswer answer) =>
        answer.Outcome == LookupOutcome.NameError && (answer.CanonicalName ?? name) == name ? CacheKey.EveryType : type;

    private async Task<(LookupAnswer Answer, TimeSpan TimeToLive, ResolverAddress? Server)> FetchAsync(DomainName name, RecordType type, int continuations)
    {
        var upstream = await AskAsync(new Query(name, type, _validator is not null));
        if (upstream.Response is not { } response)
        {
            return (LookupAnswer.Fail(upstream.Failure ?? "no answer"), TimeSpan.Zero, upstream.Server);
        }

        var read = AnswerReader.Read(response, name, type);
        if (read.Outcome == LookupOutcome.Failed)
        {
            return (LookupAnswer.Fail(read.Failure!, response.ResponseCode), TimeSpan.Zero, upstream.Server);
        }

        var timeToLive = Bound(read);
        var outcome = read.Outcome;
        LookupSecurity security;
        if (_validator is not null)
        {
            var validation = await _validator.ValidateAsync(response, read, name, type);
            if (validation.Fault is { } fault)
            {
                return (LookupAnswer.Fail(validation.IsBogus ? $"bogus: {fault}" : fault), TimeSpan.Zero, upstream.Server);
            }

            security = validation.Security;
            outcome = validation.Outcome;
            timeToLive = validation.TimeToLive < timeToLive ? validation.TimeToLive : timeToLive;
            Remember(validation, read, type, timeToLive);
        }
        else
        {
            // RFC 6840 §5.8: the bit means something only from a server that is trusted, over a way that is.
            security = response.IsAuthenticData && upstream.Server!.IsTrusted ? LookupSecurity.Secure : LookupSecurity.Indeterminate;
        }

        var answer = new LookupAnswer
        {
            Outcome = outcome,
            ResponseCode = outcome == LookupOutcome.NameError ? ResponseCode.NameError : ResponseCode.NoError,
            Records = read.Records,
            CanonicalName = read.CanonicalName == name ? null : read.CanonicalName,
            Security = security,
        };
        if (outcome == LookupOutcome.NameError && answer.CanonicalName is { } missing)
        {
            _cache.Add(missing, CacheKey.EveryType, With(answer, null, security), timeToLive);
        }

        return read.HasEnd ? (answer, timeToLive, upstream.Server) : await ContinueAsync(answer, type, timeToLive, upstream.Server, continuations);
    }

    // The response ended at an alias: what it leads to is asked for by itself.
    private async Task<(LookupAnswer Answer, TimeSpan TimeToLive, ResolverAddress? Server)> ContinueAsync(
        LookupAnswer alias, RecordType type, TimeSpan timeToLive, ResolverAddress? server, int continuations)
    {
        if (continuations == 0)
        {
            return (LookupAnswer.Fail("too many aliases"), TimeSpan.Zero, server);
        }

        var target = alias.CanonicalName!.Value;
        var end = await ResolveAsync(target, type, continuations - 1);
        var answer = end.Answer.Outcome == LookupOutcome.Failed
            ? end.Answer
            : With(end.Answer, end.Answer.CanonicalName ?? target, LookupSecurities.Weaker(alias.Security, end.Answer.Security));
        return (answer, end.TimeToLive < timeToLive ? end.TimeToLive : timeToLive, server);
    }

    private static LookupAnswer With(LookupAnswer answer, DomainName? canonicalName, LookupSecurity security) => new()
    {
        Outcome = answer.Outcome,
        ResponseCode = answer.ResponseCode,
        Records = answer.Records,
        CanonicalName = canonicalName,
        Security = security,
        Failure = answer.Failure,
    };

    private TimeSpan Bound(ReadAnswer read)
    {
        var limit = read.Outcome == LookupOutcome.Found ? _options.MaxTimeToLive : _options.MaxNegativeTimeToLive;
        var seconds = TimeSpan.FromSeconds(read.TimeToLive);
        return seconds < limit ? seconds : limit;
    }

    private void Remember(Validation validation, ReadAnswer read, RecordType type, TimeSpan timeToLive)
    {
        foreach (var nsec in validation.Nsecs)
        {
            _denied.Add(nsec);
        }

        if (validation.Wildcard is { } wildcard)
        {
            var answer = new LookupAnswer
            {
                Outcome = LookupOutcome.Found,
                ResponseCode = ResponseCode.NoError,
                Records = read.Records,
                Security = LookupSecurity.Secure,
            };
            _cache.Add(wildcard, type, answer, timeToLive);
        }
    }

    private bool TryDeny(DomainName name, RecordType type, out LookupAnswer answer, out TimeSpan timeToLive)
    {
        answer = null!;
        timeToLive = default;
        if (_validator is null)
        {
            return false;
        }

        var denied = _denied.Find(name, type);
        switch (denied.Kind)
        {
            case DeniedKind.NameError or DeniedKind.NoData:
                var isNameError = denied.Kind == DeniedKind.NameError;
                answer = new LookupAnswer
                {
                    Outcome = isNameError ? LookupOutcome.NameError : LookupOutcome.NoData,
                    ResponseCode = isNameError ? ResponseCode.NameError : ResponseCode.NoError,
                    Security = LookupSecurity.Secure,
                };
                timeToLive = denied.TimeToLive;
                return true;

            case DeniedKind.Wildcard when _cache.TryGet(denied.Wildcard, type, out var records, out var left) && records.Outcome == LookupOutcome.Found:
                answer = records;
                timeToLive = left < denied.TimeToLive ? left : denied.TimeToLive;
                return true;

            default:
                return false;
        }
    }
}
