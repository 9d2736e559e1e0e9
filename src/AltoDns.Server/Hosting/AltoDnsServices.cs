// Puts the server's parts together in a host's container: zones first, then sockets.

using AltoDns.Server.Answering;
using AltoDns.Server.Control;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing.Tap;
using AltoDns.Server.PowerDns;
using AltoDns.Server.Reloading;
using AltoDns.Server.Signing;
using AltoDns.Server.Transfers;
using AltoDns.Server.Transfers.Incoming;
using AltoDns.Server.Transfers.Outgoing;
using AltoDns.Server.Updates;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Hosting;

public static class AltoDnsServices
{
    /// <summary>
    /// Adds a server that loads its zones, then listens, when the host starts. The start fails with
    /// <see cref="ZonesNotLoadedException"/>, <see cref="ListenException"/> or <see cref="BackendSocketException"/>. A <see cref="QueryHandler"/>, a
    /// <see cref="ZoneStore"/> or a <see cref="TimeProvider"/> that is registered before is used in place of the usual one.
    /// </summary>
    public static IServiceCollection AddAltoDns(this IServiceCollection services, AltoDnsOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ZoneStore(ZoneSet.Empty));
        services.AddTransfers(options);
        services.AddIncoming(options);
        services.TryAddSingleton(provider => new QueryProcessor(
            provider.GetRequiredService<ZoneStore>(),
            options.Answering,
            provider.GetRequiredService<TransferResponder>(),
            provider.GetService<NotifyResponder>() is { } notify ? notify.Process : null)
        {
            Updates = provider.GetService<UpdateIntake>(),
            Protection = options.Protection,
        });
        services.AddTap(options.Tap);
        services.TryAddSingleton<QueryHandler>(provider => provider.GetService<QueryTap>() is { } tap ? tap.Process : provider.GetRequiredService<QueryProcessor>().Process);
        services.TryAddSingleton(provider => new ZoneReloader(
            provider.GetRequiredService<ZoneStore>(),
            ControlServices.Told(provider, TransferServices.LoaderOf(options, provider)),
            options.Reloading,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ZoneReloader>>(),
            provider.GetService<ZoneSigningStage>(),
            provider.GetRequiredService<ZonePublisher>(),
            provider.GetService<NumberingStage>() is { } numbering ? numbering.Number : null,
            provider.GetService<DynamicLayer>()));
        services.TryAddSingleton(provider => new DnsServer(
            options.Listening with { UdpMaxAnswer = options.Answering.MaxUdpPayloadSize },
            provider.GetRequiredService<QueryHandler>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DnsServer>>(),
            BeginWith(provider)));

        if (options.Keys is { } keys)
        {
            services.TryAddSingleton(provider => new KeyKeeper(
                keys,
                new ParentMonitor(provider.GetRequiredService<TimeProvider>()),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<KeyKeeper>>()));
            services.TryAddSingleton(provider => new SignatureKeeper(
                keys.Folder, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SignatureKeeper>>()));
            services.TryAddSingleton(provider => new ZoneSigningStage(
                provider.GetRequiredService<KeyKeeper>(),
                keys,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ZoneSigningStage>>(),
                provider.GetRequiredService<SignatureKeeper>()));
        }

        // A host starts its services in this order and stops them in the reverse.
        services.AddHostedService<ZoneReloadService>();
        services.AddUpdates(options.Updates);
        services.AddHostedService<DnsServerService>();
        services.AddTransferServices(options);
        if (options.PowerDns is { } powerDns)
        {
            services.TryAddSingleton(provider => new BackendServer(
                provider.GetRequiredService<ZoneStore>(),
                options.TransferSettings ?? new TransferOptionsStore(options.Transfers),
                powerDns,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<BackendServer>>()));
            services.AddHostedService<BackendService>();
        }

        if (options.Keys is not null)
        {
            services.AddHostedService<SigningRoutine>();
        }

        if (options.Control is { } control)
        {
            services.AddControl(control, options.Keys is not null, options.Protection);
        }

        services.AddHostedService(provider => new CookieRotation(options.Answering, provider.GetRequiredService<TimeProvider>()));
        services.AddServiceManager(options.Listening.Inherited);
        return services;
    }

    private static StreamHandler BeginWith(IServiceProvider provider)
    {
        var transfers = provider.GetRequiredService<TransferResponder>();
        return provider.GetService<UpdateIntake>() is not { } updates
            ? transfers.Begin
            : (request, in context) => updates.TryBegin(request, context) ?? transfers.Begin(request, context);
    }

    private static void AddUpdates(this IServiceCollection services, UpdateOptionsStore? options)
    {
        if (options is null)
        {
            return;
        }

        services.TryAddSingleton(options);
        services.TryAddSingleton<UpdateQueue>();
        services.TryAddSingleton<DynamicLayer>();
        services.TryAddSingleton<UpdateIntake>();
        services.TryAddSingleton<UpdateWriter>();
        services.TryAddSingleton<UpdateStatusSource>();
        services.AddSingleton<ICounterSource>(provider => provider.GetRequiredService<UpdateStatusSource>());
        services.AddSingleton<IZoneStatusSource>(provider => provider.GetRequiredService<UpdateStatusSource>());
        services.AddHostedService(provider => provider.GetRequiredService<UpdateWriter>());
    }

    private sealed class ZoneReloadService(ZoneReloader reloader, SignatureKeeper? signatures = null) : IHostedService
    {
        // A service manager waits for longer.
        private static readonly TimeSpan WritePatience = TimeSpan.FromSeconds(20);

        public Task StartAsync(CancellationToken cancellationToken) => reloader.StartAsync(cancellationToken);

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await reloader.DisposeAsync();
            signatures?.Complete(WritePatience);
        }
    }

    private sealed class BackendService(BackendServer server) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            server.Start();
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken) => await server.DisposeAsync();
    }

    private sealed class DnsServerService(DnsServer server) : IHostedService, IServesToTheEnd
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            server.Start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);
    }
}
