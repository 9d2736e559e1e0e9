// What the server does over HTTP: metrics and the page on one set of endpoints, queries over HTTPS on another.

using System.Net;
using System.Net.Security;
using AltoDns.Server.Configuration;
using AltoDns.Server.Listening;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Web.Serving;

/// <summary>Starts once and stops once.</summary>
/// <param name="maxQueryConnections">Connections with queries that are open at a time.</param>
public sealed class WebServer(
    WebOptions options, PageResponder page, QueryResponder queries, int maxQueryConnections, TimeProvider timeProvider, ILogger<WebServer> logger)
    : IHostedService, IAsyncDisposable
{
    // For people and programs that look after the server: a browser opens six.
    private const int MaxPageConnections = 256;

    private HttpHost? _page;
    private HttpHost? _queries;

    /// <summary>Where metrics and the page are, as bound.</summary>
    public IReadOnlyList<IPEndPoint> PageEndpoints => _page?.Endpoints ?? [];

    /// <summary>Where queries are answered, as bound.</summary>
    public IReadOnlyList<IPEndPoint> QueryEndpoints => _queries?.Endpoints ?? [];

    /// <exception cref="ListenException">An endpoint could not be bound.</exception>
    /// <exception cref="TlsCertificateException">The certificate cannot be read.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Endpoints.Count > 0)
        {
            _page = new HttpHost(options.Endpoints, terms: null, MaxPageConnections, context => AnswerAsync(page.AnswerAsync, context));
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
                _queries = new HttpHost(tls.Endpoints, terms, maxQueryConnections, context => AnswerAsync(queries.AnswerAsync, context));
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
        await (_queries?.StopAsync(cancellationToken) ?? Task.CompletedTask);
        await (_page?.StopAsync(cancellationToken) ?? Task.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        await (_queries?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_page?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

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
