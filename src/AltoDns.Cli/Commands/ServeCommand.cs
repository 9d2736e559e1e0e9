// altodns serve: answers questions until it is told to stop.

using System.CommandLine;
using System.Runtime.CompilerServices;
using AltoDns.Cli.Output;
using AltoDns.Cli.Samples;
using AltoDns.Server.Catalogs;
using AltoDns.Server.Configuration;
using AltoDns.Server.Control;
using AltoDns.Server.Handover;
using AltoDns.Server.Hosting;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing;
using AltoDns.Server.PowerDns;
using AltoDns.Server.Protection;
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
        var takeOver = new Option<bool>("--take-over")
        {
            Description = "Take over from the server that answers at the control socket: it goes on until this one answers, then ends. No query is lost. Linux.",
        };
        var command = new Command(
            "serve",
            "Answer questions about the zones over UDP and TCP. Files are read again when they change, on SIGHUP and by 'altodns reload'; "
            + "files with errors change nothing. Ctrl-C or SIGTERM stops.");
        sources.AddTo(command);
        command.Options.Add(takeOver);
        command.SetAction((result, cancellation) => RunAsync(sources.Configuration.ReaderFor(result), result.GetValue(takeOver), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Func<ProblemList, ServerConfiguration?> read, bool takesOver, CancellationToken cancellation)
    {
        var problems = new ProblemList();
        if (read(problems) is not { } configuration)
        {
            ProblemPrinter.Print(problems.All);
            return ExitCodes.Of(problems.All);
        }

        var logLevel = new LogLevelSwitch(configuration.LogLevel);

        // Made only where there is something to say, for a quick start.
        var logging = new Lazy<ILoggerFactory>(() => LoggerFactory.Create(logging => AddLogging(logging, logLevel, configuration.LogsJson)));
        using var manager = ServiceManager.FromEnvironment(() => logging.Value.CreateLogger<ServiceManager>());
        Predecessor? predecessor = null;
        try
        {
            predecessor = takesOver ? FindPredecessor(configuration, logging.Value.CreateLogger<Predecessor>()) : null;
            using var inherited = predecessor?.Sockets ?? InheritedSockets.FromEnvironment(() => logging.Value.CreateLogger<InheritedSockets>());
            return await RunAsync(read, configuration, problems, logLevel, manager, inherited, cancellation);
        }
        catch (ZonesNotLoadedException exception)
        {
            // Every problem was told already.
            return ExitCodes.Of(exception.Problems);
        }
        catch (IOException exception) when (takesOver && predecessor is null)
        {
            await Console.Error.WriteLineAsync($"Cannot take over: {exception.Message.TrimEnd('.')}. Stop the other server, or start without --take-over when it has ended.");
            return ExitCodes.NoServer;
        }
        finally
        {
            predecessor?.Dispose();
            if (logging.IsValueCreated)
            {
                logging.Value.Dispose();
            }
        }
    }

    // Who takes over must not fail once the other has stopped writing: what can be wrong with files is found out before.
    private static Predecessor? FindPredecessor(ServerConfiguration configuration, ILogger logger)
    {
        if (configuration.ControlSocket is not { } path)
        {
            throw new IOException("there is no control socket: 'control' is off");
        }

        var loaded = SourceOptions.Load(configuration);
        if (loaded.Problems.Any(problem => problem.Severity == Severity.Error))
        {
            ProblemPrinter.Print(loaded.Problems);
            throw new ZonesNotLoadedException(loaded.Problems);
        }

        return Predecessor.Find(path, logger);
    }

    private static async Task<int> RunAsync(
        Func<ProblemList, ServerConfiguration?> read,
        ServerConfiguration configuration,
        ProblemList problems,
        LogLevelSwitch logLevel,
        ServiceManager? manager,
        InheritedSockets? inherited,
        CancellationToken cancellation)
    {
        var live = new LiveConfiguration(configuration, read);
        var transfers = new TransferOptionsStore(configuration.Transfers);
        var updates = new UpdateOptionsStore(configuration.Updates);
        var protection = new ProtectionStore(configuration.Protection);
        live.OnChange((before, now) =>
        {
            protection.Publish(now.Protection);
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
        if (manager is not null)
        {
            services.AddSingleton(_ => manager);
        }

        services.AddAltoDns(new AltoDnsOptions
        {
            Listening = configuration.Listening with { Inherited = inherited },
            Answering = configuration.Answering,
            Keys = new KeyStore(configuration.StateFolder),

            // The samples inside the program are no files.
            Reloading = configuration.Reloading with { WatchFiles = configuration.Reloading.WatchFiles && sources.Open is null },
            LoadZones = loader.Load,
            TransferSettings = transfers,
            Transferred = transferred,
            WithMembers = withMembers,
            Updates = updates,
            Protection = protection,
            Tap = configuration.Tap,
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
        using var runner = new ServiceRunner(provider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, LinkSuccession(provider, runner));
        try
        {
            await runner.StartAsync(cancellation);
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
        await runner.RunAsync(ending.Token);
        return ExitCodes.Success;
    }

    // By itself, so that nothing of HTTP is loaded where nothing is served over it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddWeb(IServiceCollection services, ServerConfiguration configuration, WebOptions web, ConfiguredLoader loader) =>
        services.AddAltoDnsWeb(web, () => loader.Served, configuration.StateFolder, configuration.Listening.Tcp);

    // A successor has this process stop its writing services, and in the end all of them.
    private static CancellationToken LinkSuccession(IServiceProvider provider, ServiceRunner runner)
    {
        if (provider.GetService<Succession>() is not { } succession)
        {
            return CancellationToken.None;
        }

        succession.StopWriting = runner.StopWritingAsync;
        return succession.Ended;
    }

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
