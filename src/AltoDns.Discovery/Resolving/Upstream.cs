// One resolver as the client sees it: how to reach it, how fast it is, what it can do.

using System.Net.Sockets;

namespace AltoDns.Discovery.Resolving;

/// <summary>What became of one attempt.</summary>
/// <param name="Response">Null where none came.</param>
/// <param name="Failure">Why none came; null where one did.</param>
internal readonly record struct Exchange(ResponseMessage? Response, string? Failure)
{
    public static Exchange Silence { get; } = new(null, "no answer in time");
}

/// <summary>Safe for several threads.</summary>
internal abstract class Upstream(ResolverAddress address, ResolverOptions options) : IAsyncDisposable
{
    public ResolverAddress Address { get; } = address;

    public RoundTripEstimate RoundTrip { get; } = new(options.FirstTimeout);

    protected ResolverOptions Options { get; } = options;

    public static Upstream Create(ResolverAddress address, ResolverOptions options) => address.Transport switch
    {
        ResolverTransport.Https => new HttpsUpstream(address, options),
        ResolverTransport.Tls => new TlsUpstream(address, options),
        _ => new PlainUpstream(address, options),
    };

    /// <summary>Asks once; an answer that came is whole, whatever it says.</summary>
    /// <param name="limit">The most that the attempt may take.</param>
    public async Task<Exchange> ExchangeAsync(Query query, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = Options.Time.GetTimestamp();
        Exchange exchange;
        try
        {
            exchange = await AskAsync(query, limit, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            exchange = Exchange.Silence;
        }
        catch (Exception exception) when (exception is SocketException or IOException or TimeoutException or HttpRequestException
            or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            exchange = exception is TimeoutException ? Exchange.Silence : new Exchange(null, exception.Message);
        }

        if (exchange.Response is null)
        {
            RoundTrip.AddFailure();
        }
        else
        {
            RoundTrip.Add(Options.Time.GetElapsedTime(start));
        }

        return exchange;
    }

    public abstract ValueTask DisposeAsync();

    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="IOException">It ended the connection.</exception>
    /// <exception cref="TimeoutException">It was silent.</exception>
    protected abstract Task<Exchange> AskAsync(Query query, TimeSpan limit, CancellationToken cancellationToken);
}
