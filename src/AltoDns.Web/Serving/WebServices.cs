// Puts the parts that speak HTTP into a host's container, after the server's own.

using AltoDns.Server.Configuration;
using AltoDns.Server.Control;
using AltoDns.Server.Listening;
using AltoDns.Web.Exporting;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Web.Serving;

public static class WebServices
{
    /// <summary>Adds what a configuration says of HTTP to a container that has a server with its control.</summary>
    /// <param name="served">What the served zones were loaded as, with their policies.</param>
    /// <param name="stateFolder">Where the keys of zones are.</param>
    /// <param name="maxQueryConnections">Connections with queries over HTTPS that are open at a time.</param>
    public static IServiceCollection AddAltoDnsWeb(
        this IServiceCollection services, WebOptions options, Func<LoadedZones?> served, string stateFolder, int maxQueryConnections)
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
            provider.GetRequiredService<DnsServer>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PageResponder>();
        services.AddSingleton(provider => new WebServer(
            options,
            provider.GetRequiredService<PageResponder>(),
            provider.GetRequiredService<QueryResponder>(),
            maxQueryConnections,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WebServer>>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<WebServer>());
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
}
