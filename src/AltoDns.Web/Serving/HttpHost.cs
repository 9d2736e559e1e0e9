// One HTTP server: a few endpoints and the one function that answers all requests there.

using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AltoDns.Web.Serving;

/// <summary>Starts once and stops once. Signals of the system are not its affair.</summary>
/// <param name="terms">What is agreed on with TLS clients; null for HTTP without TLS.</param>
/// <param name="maxConnections">Connections that are open at a time; more are closed at once.</param>
internal sealed class HttpHost(IReadOnlyList<IPEndPoint> endpoints, TlsTerms? terms, int maxConnections, RequestDelegate answer) : IAsyncDisposable
{
    // RFC 8484 §4.1: no message is longer than what DNS allows.
    public const int MaxBody = ushort.MaxValue;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    private WebApplication? _application;

    /// <summary>As bound; empty before the start.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; private set; } = [];

    /// <exception cref="ListenException">An endpoint could not be bound.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (terms is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(Configure);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var application = builder.Build();
        application.Run(answer);
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (Exception exception) when (FindSocketFault(exception) is not null)
        {
            await application.DisposeAsync();
            var failed = endpoints.FirstOrDefault(endpoint => exception.Message.Contains(endpoint.ToString(), StringComparison.Ordinal), endpoints[0]);
            throw new ListenException(failed, Transport.Tcp, FindSocketFault(exception)!);
        }

        _application = application;
        Endpoints =
        [
            .. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
                .Select(address => new Uri(address))
                .Select(address => new IPEndPoint(IPAddress.Parse(address.Host), address.Port)),
        ];
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
        foreach (var endpoint in endpoints)
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

    private static SocketException? FindSocketFault(Exception? exception) =>
        exception is null ? null : exception as SocketException ?? FindSocketFault(exception.InnerException);

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
