// All resolvers that may be asked: the fastest first, the others when it is silent or refuses.

using AltoDns.Protocol.Messages;

namespace AltoDns.Discovery.Resolving;

/// <summary>A response, and who gave it.</summary>
internal readonly record struct UpstreamAnswer(ResponseMessage? Response, ResolverAddress? Server, string? Failure);

/// <summary>Safe for several threads.</summary>
internal sealed class UpstreamSet : IAsyncDisposable
{
    // One query in so many goes to another server than the fastest, or nobody would learn that it has become faster.
    private const int ExploreOneIn = 32;

    private readonly Upstream[] _upstreams;
    private readonly ResolverOptions _options;

    public UpstreamSet(ResolverOptions options)
    {
        _options = options;
        var servers = options.Servers.Count > 0 ? options.Servers : ResolverConfiguration.ReadSystem();
        _upstreams = [.. servers.Select(server => Upstream.Create(server, options))];
    }

    /// <summary>Asks until a server gives an answer that says something, all have refused, or the deadline is over.</summary>
    public async Task<UpstreamAnswer> AskAsync(Query query, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.Deadline, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var refused = new UpstreamAnswer(null, null, "no answer in time");
        var candidates = Ordered();
        for (var attempt = 0; attempt < _options.AttemptsPerServer && candidates.Count > 0 && !either.IsCancellationRequested; attempt++)
        {
            foreach (var upstream in candidates.ToList())
            {
                Exchange exchange;
                try
                {
                    exchange = await upstream.ExchangeAsync(query, upstream.RoundTrip.Timeout, either.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    return refused;
                }

                if (exchange.Response is not { } response)
                {
                    refused = refused.Response is null ? new UpstreamAnswer(null, upstream.Address, exchange.Failure) : refused;
                    continue;
                }

                if (response.ResponseCode is ResponseCode.NoError or ResponseCode.NameError)
                {
                    return new UpstreamAnswer(response, upstream.Address, null);
                }

                // It said no, and would say it again.
                candidates.Remove(upstream);
                refused = new UpstreamAnswer(response, upstream.Address, null);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return refused;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var upstream in _upstreams)
        {
            await upstream.DisposeAsync();
        }
    }

    private List<Upstream> Ordered()
    {
        var ordered = _upstreams.OrderBy(upstream => upstream.RoundTrip.Cost).ToList();
        if (ordered.Count > 1 && Random.Shared.Next(ExploreOneIn) == 0)
        {
            var other = ordered[Random.Shared.Next(1, ordered.Count)];
            ordered.Remove(other);
            ordered.Insert(0, other);
        }

        return ordered;
    }
}
