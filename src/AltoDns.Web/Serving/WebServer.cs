// What the server does over HTTP: metrics and the page on one set of endpoints, queries over HTTPS on another.

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using AltoDns.Server.Configuration;
using AltoDns.Server.Hosting;
using AltoDns.Server.Listening;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Web.Serving;

/// <summary>
/// Starts once and stops once, on sockets that the server has bound and hands over with its own: a successor accepts what comes when this one
/// does not any more.
/// </summary>
/// <param name="limits">How many connections with queries may be open at a time, and how many of one client.</param>
public sealed class WebServer(
    WebOptions options, DnsServer server, PageResponder page, QueryResponder queries, TcpOptions limits, TimeProvider timeProvider, ILogger<WebServer> logger)
    : IHostedService, IServesToTheEnd, IAsyncDisposable
{
    // What requests that are being answered get to end.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    // For people and programs that look after the server: a browser opens six.
    private const int MaxPageConnections = 256;

    private HttpHost? _page;
    private HttpHost? _queries;

    /// <summary>Clients that ask over HTTPS.</summary>
    public ClientShares Clients { get; } = new(limits);

    /// <summary>Where metrics and the page are, as bound.</summary>
    public IReadOnlyList<IPEndPoint> PageEndpoints => _page?.Endpoints ?? [];

    /// <summary>Where queries are answered, as bound.</summary>
    public IReadOnlyList<IPEndPoint> QueryEndpoints => _queries?.Endpoints ?? [];

    /// <summary>To be called when the server listens.</summary>
    /// <exception cref="TlsCertificateException">The certificate cannot be read.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Endpoints.Count > 0)
        {
            _page = new HttpHost(SocketsOf(options.Endpoints, skipped: 0), terms: null, MaxPageConnections, shares: null, context => AnswerAsync(page.AnswerAsync, context));
            await _page.StartAsync(cancellationToken);
            foreach (var endpoint in _page.Endpoints)
            {
                logger.ServingPage(endpoint);
            }
        }

        if (options.Queries is { } tls)
        {
            try
            {
                var terms = new TlsTerms(tls, timeProvider, logger, SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);
                _queries = new HttpHost(SocketsOf(tls.Endpoints, options.Endpoints.Count), terms, limits.MaxConnections, Clients, context => AnswerAsync(queries.AnswerAsync, context));
                await _queries.StartAsync(cancellationToken);
            }
            catch
            {
                await StopAsync(cancellationToken);
                throw;
            }

            foreach (var endpoint in _queries.Endpoints)
            {
                logger.AnsweringOverHttps(endpoint, options.QueryPath);
            }
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopTimeout);
        await Task.WhenAll(_queries?.StopAsync(limit.Token) ?? Task.CompletedTask, _page?.StopAsync(limit.Token) ?? Task.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        await (_queries?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_page?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    // The server bound them in the order of WebOptions.Bound.
    private List<Socket> SocketsOf(IReadOnlyList<IPEndPoint> endpoints, int skipped) => [.. server.OtherSockets.Skip(skipped).Take(endpoints.Count)];

    private async Task AnswerAsync(RequestDelegate answer, HttpContext context)
    {
        try
        {
            await answer(context);
        }
        catch (BadHttpRequestException exception)
        {
            // Among them the body that is too long: 413.
            Refuse(context, exception.StatusCode);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has gone.
            context.Abort();
        }
        catch (Exception exception)
        {
            logger.RequestFailed(exception);
            Refuse(context, StatusCodes.Status500InternalServerError);
        }
    }

    private static void Refuse(HttpContext context, int status)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = status;
    }
}
