// altodns serve: answers questions until it is told to stop.

using System.CommandLine;
using AltoDns.Cli.Commands.Keys;
using AltoDns.Cli.Output;
using AltoDns.Cli.Samples;
using AltoDns.Server.Answering;
using AltoDns.Server.Hosting;
using AltoDns.Server.Listening;
using AltoDns.Server.PowerDns;
using AltoDns.Server.Reloading;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace AltoDns.Cli.Commands;

internal static class ServeCommand
{
    public static Command Create()
    {
        var sources = new SourceOptions();
        var answering = new AnsweringOptions();
        var listening = new ListeningArguments();
        var state = new StateOptions();
        var neighbours = new NeighbourOptions();
        var json = new Option<bool>("--json") { Description = "Print where it listens as one JSON object, and the log as JSON lines." };
        var command = new Command(
            "serve",
            "Answer questions about the zones over UDP and TCP. Files are read again when they change and on SIGHUP; "
            + "files with errors change nothing. Ctrl-C or SIGTERM stops.");
        sources.AddTo(command);
        listening.AddTo(command);
        answering.AddTo(command);
        state.AddTo(command);
        neighbours.AddTo(command);
        command.Options.Add(json);
        command.SetAction((result, cancellation) => RunAsync(
            sources.Read(result),
            answering.Read(result),
            listening.Read(result),
            state.Read(result),
            options => options with { PowerDns = neighbours.ReadPowerDns(result), Export = neighbours.ReadExport(result) },
            result.GetValue(json),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        ZoneSources sources, AnsweringSettings answering, ListeningOptions listening, KeyStore keys, Func<AltoDnsOptions, AltoDnsOptions> addNeighbours, bool asJson, CancellationToken cancellation)
    {
        LoadedZones? last = null;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        AddLogging(builder.Logging, asJson);
        builder.Services.AddAltoDns(addNeighbours(new AltoDnsOptions
        {
            Listening = listening,
            Answering = answering,
            Keys = keys,

            // The samples inside the program are no files.
            Reloading = new ReloadingOptions { WatchFiles = sources.Open is null },
            LoadZones = () =>
            {
                var loaded = ZoneLoader.Load(sources, last);

                // The documents have served; what the next load needs of them is in a smaller form.
                last = loaded.Zones is null ? last : loaded with { Policies = [] };
                return new ZoneLoadResult(loaded.Zones, loaded.Problems, loaded.Files) { Signing = loaded.Signing };
            },
        }));
        using var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
        }
        catch (ZonesNotLoadedException)
        {
            // The log has said every problem already.
            return ExitCodes.Problems;
        }
        catch (Exception exception) when (exception is ListenException or UdpEngineException or BackendSocketException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.CannotListen;
        }

        Announce(host.Services, sources, asJson);
        await host.WaitForShutdownAsync(cancellation);
        return ExitCodes.Success;
    }

    private static void AddLogging(ILoggingBuilder logging, bool asJson)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);

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
