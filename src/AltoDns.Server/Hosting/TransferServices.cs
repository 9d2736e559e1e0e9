// Puts together what passes zones between servers: out, in, by catalogs and by files.

using AltoDns.Server.Access;
using AltoDns.Server.Catalogs;
using AltoDns.Server.Control;
using AltoDns.Server.Exporting;
using AltoDns.Server.Reloading;
using AltoDns.Server.Transfers;
using AltoDns.Server.Transfers.Incoming;
using AltoDns.Server.Transfers.Notifying;
using AltoDns.Server.Transfers.Outgoing;
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

internal static class TransferServices
{
    /// <summary>Adds what sends zones to others and tells them of changes.</summary>
    public static void AddTransfers(this IServiceCollection services, AltoDnsOptions options)
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

    /// <summary>Adds what takes zones from others, where there is a place for them.</summary>
    public static void AddIncoming(this IServiceCollection services, AltoDnsOptions options)
    {
        if (options.Transferred is not { } transferred)
        {
            return;
        }

        services.AddCatalogs(options, transferred);
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

    /// <summary>Has both begin once zones are loaded and served.</summary>
    public static void AddTransferServices(this IServiceCollection services, AltoDnsOptions options)
    {
        if (options.Transferred is not null)
        {
            services.AddHostedService<IncomingTransferService>();
        }

        services.AddHostedService(provider => provider.GetRequiredService<NotifySender>());
    }

    /// <summary>Loads the zones, those that others have and the catalog included.</summary>
    public static Func<ZoneLoadResult> LoaderOf(AltoDnsOptions options, IServiceProvider provider)
    {
        var consumer = provider.GetService<CatalogConsumer>();
        var load = provider.GetService<IncomingTransfers>() is not { } incoming ? options.LoadZones : () => LoadAndFollow(options.LoadZones, incoming);
        if (options.Catalog is not { } catalog)
        {
            return load;
        }

        var folder = options.StateFolder ?? throw new ArgumentException("A catalog's serial has to be kept in a state folder.", nameof(options));
        var stage = new CatalogStage(catalog, folder, zone => consumer?.IsCatalog(zone) is true, provider.GetRequiredService<TimeProvider>());
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

    private static void AddCatalogs(this IServiceCollection services, AltoDnsOptions options, TransferredZones transferred)
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
}
