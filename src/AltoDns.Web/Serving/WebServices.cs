// Puts the parts that speak HTTP into a host's container, after the server's own.

using AltoDns.Server.Configuration;
using AltoDns.Server.Control;
using AltoDns.Server.Listening;
using AltoDns.Web.Exporting;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Web.Serving;

public static class WebServices
{
    /// <summary>Adds what a configuration says of HTTP to a container that has a server with its control.</summary>
    /// <param name="served">What the served zones were loaded as, with their policies.</param>
    /// <param name="stateFolder">Where the keys of zones are.</param>
    /// <param name="limits">How many connections with queries over HTTPS may be open at a time, and how many of one client.</param>
    public static IServiceCollection AddAltoDnsWeb(
        this IServiceCollection services, WebOptions options, Func<LoadedZones?> served, string stateFolder, TcpOptions limits)
    {
        services.AddSingleton(provider => new QueryResponder(
            provider.GetRequiredService<QueryHandler>(), options.QueryPath, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ServerReader(
            provider.GetRequiredService<ControlHandler>(),
            provider.GetRequiredService<DnsServer>(),
            options.Queries is null ? null : provider.GetRequiredService<QueryResponder>().Answers,
            options.TellsZones,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AddressExplainer(
            provider.GetRequiredService<ZoneStore>(),
            served,
            new KeyStore(stateFolder),
            Path.Combine(stateFolder, DynamicStore.FileName),
            provider.GetRequiredService<DnsServer>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new HostCheck(options.Names));
        services.AddSingleton<PageResponder>();
        services.AddSingleton(provider => new WebServer(
            options,
            provider.GetRequiredService<DnsServer>(),
            provider.GetRequiredService<PageResponder>(),
            provider.GetRequiredService<QueryResponder>(),
            limits,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WebServer>>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<WebServer>());
        if (options.Queries is not null)
        {
            services.AddSingleton<ICounterSource>(provider => new ClientCounterSource(provider));
        }

        if (options.Collector is { } collector)
        {
            services.AddSingleton<IHostedService>(provider => new MetricExport(
                collector,
                provider.GetRequiredService<ServerReader>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<MetricExport>>()));
        }

        return services;
    }

    // The web server is found at the first reading: what counts is made before it.
    private sealed class ClientCounterSource(IServiceProvider provider) : ICounterSource
    {
        public IEnumerable<CounterGroup> Read() =>
        [
            new CounterGroup("https", [new("refused", provider.GetRequiredService<WebServer>().Clients.Refused, "connections over the client's share")]),
        ];
    }
}
