// altodns serve: answers questions until it is told to stop.

using System.CommandLine;
using System.Runtime.CompilerServices;
using AltoDns.Cli.Output;
using AltoDns.Cli.Samples;
using AltoDns.Server.Catalogs;
using AltoDns.Server.Configuration;
using AltoDns.Server.Control;
using AltoDns.Server.Hosting;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing;
using AltoDns.Server.PowerDns;
using AltoDns.Server.Reloading;
using AltoDns.Server.Transfers;
using AltoDns.Server.Updates;
using AltoDns.Web.Serving;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Transferred;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace AltoDns.Cli.Commands;

internal static class ServeCommand
{
    public static Command Create()
    {
        var sources = new SourceOptions(SettingOptions.All);
        var command = new Command(
            "serve",
            "Answer questions about the zones over UDP and TCP. Files are read again when they change, on SIGHUP and by 'altodns reload'; "
            + "files with errors change nothing. Ctrl-C or SIGTERM stops.");
        sources.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(sources.Configuration.ReaderFor(result), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Func<ProblemList, ServerConfiguration?> read, CancellationToken cancellation)
    {
        var problems = new ProblemList();
        if (read(problems) is not { } configuration)
        {
            ProblemPrinter.Print(problems.All);
            return ExitCodes.Of(problems.All);
        }

        var live = new LiveConfiguration(configuration, read);
        var logLevel = new LogLevelSwitch(configuration.LogLevel);
        var transfers = new TransferOptionsStore(configuration.Transfers);
        var updates = new UpdateOptionsStore(configuration.Updates);
        live.OnChange((before, now) =>
        {
            transfers.Publish(now.Transfers);
            updates.Publish(now.Updates);
            if (before.LogLevel != now.LogLevel)
            {
                logLevel.Level = now.LogLevel;
            }
        });
        var sources = SourceOptions.SourcesOf(configuration);
        var withMembers = new TransferOptionsStore(configuration.Transfers);
        var transferred = new TransferredZones(configuration.StateFolder, TimeProvider.System);
        var services = new ServiceCollection();
        services.AddLogging(logging => AddLogging(logging, logLevel, configuration.LogsJson));
        var loader = new ConfiguredLoader(live, problems.All, now => MemberZones.AddTo(SourceOptions.SourcesOf(now), now.Transfers, withMembers.Current) with { Transferred = transferred })
        {
            KeepsDocuments = configuration.Web is { Endpoints.Count: > 0 },
        };
        services.AddAltoDns(new AltoDnsOptions
        {
            Listening = configuration.Listening,
            Answering = configuration.Answering,
            Keys = new KeyStore(configuration.StateFolder),

            // The samples inside the program are no files.
            Reloading = configuration.Reloading with { WatchFiles = configuration.Reloading.WatchFiles && sources.Open is null },
            LoadZones = loader.Load,
            TransferSettings = transfers,
            Transferred = transferred,
            WithMembers = withMembers,
            Updates = updates,
            StateFolder = configuration.StateFolder,
            PowerDns = configuration.PowerDns,
            Export = configuration.Export,
            Catalog = configuration.Catalog,
            Control = new ControlOptions(configuration.ControlSocket, logLevel, configuration.File),
        });
        if (configuration.Web is { } web)
        {
            AddWeb(services, configuration, web, loader);
        }

        await using var provider = services.BuildServiceProvider();
        var runner = new ServiceRunner(provider);
        try
        {
            await runner.StartAsync(cancellation);
        }
        catch (ZonesNotLoadedException exception)
        {
            // The log has said every problem already.
            return ExitCodes.Of(exception.Problems);
        }
        catch (ListenException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Of(exception);
        }
        catch (TlsCertificateException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Certificate;
        }
        catch (Exception exception) when (exception is UdpEngineException or BackendSocketException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.CannotListen;
        }

        Announce(provider, sources, configuration.LogsJson);
        await runner.RunAsync(cancellation);
        return ExitCodes.Success;
    }

    // By itself, so that nothing of HTTP is loaded where nothing is served over it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddWeb(IServiceCollection services, ServerConfiguration configuration, WebOptions web, ConfiguredLoader loader) =>
        services.AddAltoDnsWeb(web, () => loader.Served, configuration.StateFolder, configuration.Listening.Tcp.MaxConnections);

    private static void AddLogging(ILoggingBuilder logging, LogLevelSwitch level, bool asJson)
    {
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter(level.Passes);

        // Standard output is for the announcement; what happens later is the log's.
        logging.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        _ = asJson
            ? logging.AddJsonConsole(options => options.UseUtcTimestamp = true)
            : logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
            });
    }

    private static void Announce(IServiceProvider services, ZoneSources sources, bool asJson)
    {
        var endpoints = services.GetRequiredService<DnsServer>().Endpoints;
        var zones = services.GetRequiredService<ZoneStore>().Current.Zones;
        if (asJson)
        {
            JsonOutput.Print(new ServeJson([.. endpoints.Select(endpoint => endpoint.ToString())], zones.Count, zones.Sum(zone => (long)zone.NodeCount)));
            return;
        }

        Console.Out.WriteLine($"Serving {ProblemPrinter.Plural(zones.Count, "zone")} on {string.Join(", ", endpoints)} (UDP and TCP). Ctrl-C stops.");
        if (ReferenceEquals(sources, EmbeddedSamples.Sources) && endpoints.Count > 0)
        {
            Console.Out.WriteLine($"These are the samples. Try: dig @{endpoints[0].Address} -p {endpoints[0].Port} -x 192.0.2.77 NAPTR");
        }
    }
}
