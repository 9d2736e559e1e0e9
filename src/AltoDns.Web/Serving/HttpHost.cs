// One HTTP server: a few sockets and the one function that answers all requests there.

using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Web.Serving;

/// <summary>Starts once and stops once. Signals of the system are not its affair.</summary>
/// <param name="sockets">Bound, and listening; they stay their owner's.</param>
/// <param name="terms">What is agreed on with TLS clients; null for HTTP without TLS.</param>
/// <param name="maxConnections">Connections that are open at a time; more are closed at once.</param>
/// <param name="shares">What of these each client may have; null for all.</param>
internal sealed class HttpHost(IReadOnlyList<Socket> sockets, TlsTerms? terms, int maxConnections, ClientShares? shares, RequestDelegate answer) : IAsyncDisposable
{
    // RFC 8484 §4.1: no message is longer than what DNS allows.
    public const int MaxBody = ushort.MaxValue;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    private WebApplication? _application;

    /// <summary>As bound.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; } = [.. sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!)];

    public async Task StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (terms is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(Configure);
        builder.Services.RemoveAll<IConnectionListenerFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(provider => new SharedListenerFactory(sockets, shares, provider.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _application = builder.Build();
        _application.Run(answer);
        await _application.StartAsync(cancellation);
    }

    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_application is { } application)
        {
            await application.StopAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is { } application)
        {
            _application = null;
            await application.DisposeAsync();
        }
    }

    private void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = maxConnections;
        options.Limits.MaxRequestBodySize = MaxBody;
        options.Limits.RequestHeadersTimeout = HeadersTimeout;
        options.Limits.KeepAliveTimeout = IdleTimeout;
        foreach (var endpoint in Endpoints)
        {
            options.Listen(endpoint, listen =>
            {
                listen.Protocols = terms is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (terms is not null)
                {
                    listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(terms.Current), HandshakeTimeout = HeadersTimeout });
                }
            });
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
