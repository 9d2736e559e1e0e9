// Puts together what operators and the service manager look after the server by.

using AltoDns.Server.Control;
using AltoDns.Server.Handover;
using AltoDns.Server.Listening;
using AltoDns.Server.Protection;
using AltoDns.Server.Reloading;
using AltoDns.Server.Signing;
using AltoDns.Server.Transfers.Outgoing;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Hosting;

internal static class ControlServices
{
    /// <summary>Adds what tells operators of the server. Other parts of it register further sources of both kinds.</summary>
    public static void AddControl(this IServiceCollection services, ControlOptions control, bool signs, ProtectionStore? protection)
    {
        services.TryAddSingleton(provider => new ControlHandler(
            provider.GetRequiredService<ZoneStore>(),
            provider.GetRequiredService<ZoneReloader>(),
            provider.GetRequiredService<DnsServer>(),
            provider.GetServices<IZoneStatusSource>(),
            provider.GetServices<ICounterSource>(),
            control,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ControlServer>>()));
        services.AddSingleton(provider => new LoadedZoneSource(provider.GetRequiredService<ZoneReloader>()));
        services.AddSingleton<IZoneStatusSource>(provider => provider.GetRequiredService<LoadedZoneSource>());
        services.AddSingleton<ICounterSource>(provider => new TransportCounterSource(provider.GetRequiredService<DnsServer>()));
        services.AddSingleton<ICounterSource>(provider => new TransferCounterSource(provider.GetRequiredService<TransferResponder>()));
        services.AddSingleton<ICounterSource>(provider => provider.GetRequiredService<LoadedZoneSource>());
        if (protection is not null)
        {
            services.AddSingleton<ICounterSource>(new ProtectionCounterSource(protection));
        }

        if (signs)
        {
            services.AddSingleton<IZoneStatusSource>(provider => new SignedZoneSource(provider.GetRequiredService<ZoneSigningStage>()));
        }

        services.TryAddSingleton<Succession>();
        services.AddHostedService(provider => new ControlServer(
            control, provider.GetRequiredService<ControlHandler>(), provider.GetRequiredService<Succession>(), provider.GetRequiredService<ILogger<ControlServer>>()));
    }

    /// <summary>Adds what tells the service manager; the program registers that where there is one.</summary>
    public static void AddServiceManager(this IServiceCollection services, InheritedSockets? inherited)
    {
        if (services.Any(service => service.ServiceType == typeof(ServiceManager)))
        {
            services.TryAddSingleton(provider => new ServiceManagerReporter(
                provider.GetRequiredService<ServiceManager>(),
                provider.GetRequiredService<DnsServer>(),
                provider.GetRequiredService<ZoneStore>(),
                provider.GetRequiredService<ZoneReloader>(),
                provider.GetService<Succession>(),
                inherited,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ServiceManagerReporter>>()));
            services.AddHostedService(provider => provider.GetRequiredService<ServiceManagerReporter>());
        }
    }

    /// <summary>Has the service manager told of each load but the first. The reporter is found at the load, as it needs the reloader itself.</summary>
    public static Func<ZoneLoadResult> Told(IServiceProvider provider, Func<ZoneLoadResult> load)
    {
        var isFirst = true;
        return () =>
        {
            var reporter = isFirst ? null : provider.GetService<ServiceManagerReporter>();
            isFirst = false;
            reporter?.LoadBegins();
            try
            {
                return load();
            }
            finally
            {
                reporter?.LoadEnded();
            }
        };
    }
}
