// Puts the server's parts together in a host's container: zones first, then sockets.

using AltoDns.Server.Access;
using AltoDns.Server.Answering;
using AltoDns.Server.Catalogs;
using AltoDns.Server.Control;
using AltoDns.Server.Exporting;
using AltoDns.Server.Handover;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing.Tap;
using AltoDns.Server.PowerDns;
using AltoDns.Server.Protection;
using AltoDns.Server.Reloading;
using AltoDns.Server.Signing;
using AltoDns.Server.Transfers;
using AltoDns.Server.Transfers.Incoming;
using AltoDns.Server.Transfers.Notifying;
using AltoDns.Server.Transfers.Outgoing;
using AltoDns.Server.Updates;
using AltoDns.Zones.Catalogs;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.Transferred;
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
        if (options.Transferred is { } transferred)
        {
            AddCatalogs(services, options, transferred);
            services.TryAddSingleton(provider => new IncomingTransfers(
                options.WithMembers ?? options.TransferSettings ?? new TransferOptionsStore(options.Transfers),
                transferred,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<IncomingTransfers>>()));
            services.AddSingleton(provider => new SecondaryZoneSource(provider.GetRequiredService<IncomingTransfers>()));
            services.AddSingleton<IZoneStatusSource>(provider => provider.GetRequiredService<SecondaryZoneSource>());
            services.AddSingleton<ICounterSource>(provider => provider.GetRequiredService<SecondaryZoneSource>());
            services.TryAddSingleton(provider => new NotifyResponder(
                provider.GetRequiredService<IncomingTransfers>(), provider.GetRequiredService<TimeProvider>()));
        }

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
            Told(provider, LoaderOf(options, provider.GetService<IncomingTransfers>(), provider.GetService<CatalogConsumer>(), provider.GetRequiredService<TimeProvider>())),
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
            services.TryAddSingleton(provider => new ZoneSigningStage(
                provider.GetRequiredService<KeyKeeper>(),
                keys,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ZoneSigningStage>>()));
        }

        // A host starts its services in this order and stops them in the reverse.
        services.AddHostedService<ZoneReloadService>();
        services.AddUpdates(options.Updates);
        services.AddHostedService<DnsServerService>();
        if (options.Transferred is not null)
        {
            services.AddHostedService<IncomingTransferService>();
        }

        services.AddHostedService(provider => provider.GetRequiredService<NotifySender>());
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
            AddControl(services, control, options.Keys is not null, options.Protection);
        }

        services.AddHostedService(provider => new CookieRotation(options.Answering, provider.GetRequiredService<TimeProvider>()));
        AddServiceManager(services, options.Listening.Inherited);
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

    private static Func<ZoneLoadResult> LoaderOf(AltoDnsOptions options, IncomingTransfers? incoming, CatalogConsumer? consumer, TimeProvider timeProvider)
    {
        var load = incoming is null ? options.LoadZones : () => LoadAndFollow(options.LoadZones, incoming);
        if (options.Catalog is not { } catalog)
        {
            return load;
        }

        var folder = options.StateFolder ?? throw new ArgumentException("A catalog's serial has to be kept in a state folder.", nameof(options));
        var stage = new CatalogStage(catalog, folder, zone => consumer?.IsCatalog(zone) is true, timeProvider);
        return () => stage.AddTo(load());
    }

    // What policies build on is known once they are read; where they have errors, what they said before holds.
    private static ZoneLoadResult LoadAndFollow(Func<ZoneLoadResult> load, IncomingTransfers incoming)
    {
        var result = load();
        return result with
        {
            Adopt = () =>
            {
                // The configuration first: its secondaries are looked after from now on.
                result.Adopt?.Invoke();
                incoming.SetBases(result.Transfers.Select(document => new SecondaryZone(
                    document.Origin!.Value,
                    [.. document.Transfer!.Primaries.Select(primary => new Peer(primary.Value, document.Transfer.Key))],
                    AccessList.Nobody)));
            },
        };
    }

    private static void AddCatalogs(IServiceCollection services, AltoDnsOptions options, TransferredZones transferred)
    {
        if (options.WithMembers is not { } effective)
        {
            return;
        }

        var folder = options.StateFolder ?? throw new ArgumentException("The members of catalogs have to be kept in a state folder.", nameof(options));
        services.TryAddSingleton(provider => new CatalogConsumer(
            options.TransferSettings ?? new TransferOptionsStore(options.Transfers),
            effective,
            provider.GetRequiredService<ZoneStore>(),
            folder,
            changes => _ = FollowAsync(changes, transferred, provider.GetRequiredService<IncomingTransfers>(), provider.GetRequiredService<ZoneReloader>()),
            provider.GetRequiredService<ILogger<CatalogConsumer>>()));
        services.AddSingleton<IZoneChangeObserver>(provider => provider.GetRequiredService<CatalogConsumer>());
    }

    // Who looks after a zone that goes is stopped by the load; only then is it certain that its file does not come again.
    private static async Task FollowAsync(CatalogChanges changes, TransferredZones transferred, IncomingTransfers incoming, ZoneReloader reloader)
    {
        foreach (var zone in changes.Reset)
        {
            transferred.Forget(zone);
            incoming.Wake(zone);
        }

        try
        {
            await reloader.ReloadAsync("the members of a catalog changed");
        }
        catch (OperationCanceledException)
        {
            return;
        }

        foreach (var zone in changes.Removed)
        {
            transferred.Forget(zone);
        }
    }

    private sealed class IncomingTransferService(IncomingTransfers incoming, ZoneReloader reloader) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            incoming.Start(reloader.ReloadAsync);
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken) => await incoming.DisposeAsync();
    }

    private static void AddTransfers(this IServiceCollection services, AltoDnsOptions options)
    {
        var transfers = options.TransferSettings ?? new TransferOptionsStore(options.Transfers);

        // Who may have zones later decides what is worth recording; until then nothing is written.
        var keepsHistory = options.StateFolder is not null
            && (options.TransferSettings is not null || transfers.Current.ByZone.Values.Append(transfers.Current.Default).Any(zone => zone.AllowTransfer.Rules.Count > 0));
        if (keepsHistory)
        {
            services.TryAddSingleton(provider =>
            {
                var logger = provider.GetRequiredService<ILogger<ZoneHistory>>();
                return new ZoneHistory(options.StateFolder!, transfers.Current.MaxHistory, logger.HistoryFault);
            });
            services.AddSingleton<IZoneChangeObserver>(provider => new HistoryRecorder(
                provider.GetRequiredService<ZoneHistory>(), transfers, provider.GetRequiredService<ILogger<HistoryRecorder>>()));
        }

        if (options.StateFolder is { } folder)
        {
            services.TryAddSingleton(provider => new NumberingStage(new ZoneNumbering(folder, provider.GetRequiredService<TimeProvider>()), transfers));
        }

        services.TryAddSingleton(provider => new NotifySender(
            transfers, provider.GetRequiredService<ZoneStore>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<NotifySender>>()));

        // After the history, so that a secondary that comes at once finds what it asks for.
        services.AddSingleton<IZoneChangeObserver>(provider => provider.GetRequiredService<NotifySender>());
        if (options.Export is { } export)
        {
            services.TryAddSingleton(provider => new ZoneExport(
                export, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ZoneExport>>()));
            services.AddSingleton<IZoneChangeObserver>(provider => provider.GetRequiredService<ZoneExport>());
        }

        services.TryAddSingleton<ZonePublisher>();
        services.TryAddSingleton(provider => new TransferResponder(
            provider.GetRequiredService<ZoneStore>(),
            transfers,
            provider.GetService<ZoneHistory>(),
            options.Answering.MaxUdpPayloadSize,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TransferResponder>>()));
    }

    // Other parts of the server register further sources of both kinds.
    private static void AddControl(IServiceCollection services, ControlOptions control, bool signs, ProtectionStore? protection)
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

    // Registered by the program where there is a manager.
    private static void AddServiceManager(IServiceCollection services, InheritedSockets? inherited)
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

    // The reporter is found at the load, as it needs the reloader itself.
    private static Func<ZoneLoadResult> Told(IServiceProvider provider, Func<ZoneLoadResult> load)
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

    private sealed class ZoneReloadService(ZoneReloader reloader) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => reloader.StartAsync(cancellationToken);

        public async Task StopAsync(CancellationToken cancellationToken) => await reloader.DisposeAsync();
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
