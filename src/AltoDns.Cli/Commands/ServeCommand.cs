// altodns serve: answers questions until it is told to stop.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AltoDns.Cli.Commands.Keys;
using AltoDns.Cli.Output;
using AltoDns.Cli.Samples;
using AltoDns.Server.Answering;
using AltoDns.Server.Hosting;
using AltoDns.Server.Listening;
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
    private const int MaxWorkers = 1024;

    private static readonly string[] DefaultAddresses = ["127.0.0.1:5300", "[::1]:5300"];

    public static Command Create()
    {
        var sources = new SourceOptions();
        var answering = new AnsweringOptions();
        var listen = new Option<string[]>("--listen", "-l")
        {
            Description = $"Where to answer, over UDP and TCP; port 0 takes a free one. May be repeated. Default: {string.Join(' ', DefaultAddresses)}.",
            HelpName = "ADDRESS:PORT",
        };
        listen.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!ListenAddress.TryParse(token.Value, out _, out var fault))
                {
                    result.AddError(fault);
                }
            }
        });
        var workers = new Option<int?>("--workers")
        {
            Description = "UDP threads for each address. Default: one for each processor.",
            HelpName = "N",
            CustomParser = ParseWorkers,
        };
        var engine = new Option<UdpEngine>("--udp-engine")
        {
            Description = "How datagrams are read and written: fastest, in batches where the system can; or sockets, one by one as on every system.",
            HelpName = "NAME",
            CustomParser = ParseEngine,
        };
        var state = new StateOptions();
        var json = new Option<bool>("--json") { Description = "Print where it listens as one JSON object, and the log as JSON lines." };
        var command = new Command(
            "serve",
            "Answer questions about the zones over UDP and TCP. Files are read again when they change and on SIGHUP; "
            + "files with errors change nothing. Ctrl-C or SIGTERM stops.");
        sources.AddTo(command);
        command.Options.Add(listen);
        command.Options.Add(workers);
        command.Options.Add(engine);
        answering.AddTo(command);
        state.AddTo(command);
        command.Options.Add(json);
        command.SetAction((result, cancellation) => RunAsync(
            sources.Read(result),
            answering.Read(result),
            new ListeningOptions
            {
                Endpoints = [.. (result.GetValue(listen) is { Length: > 0 } addresses ? addresses : AvailableDefaults()).Select(Parse)],
                UdpWorkers = result.GetValue(workers),
                UdpEngine = result.GetValue(engine),
            },
            state.Read(result),
            result.GetValue(json),
            cancellation));
        return command;
    }

    // A machine without IPv6 is no reason to refuse a newcomer; an address that was asked for is.
    private static string[] AvailableDefaults()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return DefaultAddresses;
        }
        catch (SocketException)
        {
            return [DefaultAddresses[0]];
        }
    }

    private static int? ParseWorkers(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var workers) && workers is >= 1 and <= MaxWorkers)
        {
            return workers;
        }

        result.AddError($"'{text}' is not a number of UDP threads. Write one from 1 to {MaxWorkers}.");
        return null;
    }

    private static UdpEngine ParseEngine(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        switch (text)
        {
            case "fastest":
                return UdpEngine.Fastest;
            case "sockets":
                return UdpEngine.Sockets;
            default:
                result.AddError($"'{text}' is not a UDP engine. Write fastest or sockets.");
                return default;
        }
    }

    private static async Task<int> RunAsync(
        ZoneSources sources, AnsweringSettings answering, ListeningOptions listening, KeyStore keys, bool asJson, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        AddLogging(builder.Logging, asJson);
        builder.Services.AddAltoDns(new AltoDnsOptions
        {
            Listening = listening,
            Answering = answering,
            Keys = keys,
            LoadZones = () => ToResult(ZoneLoader.Load(sources)),
        });
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
        catch (ListenException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.CannotListen;
        }

        Announce(host.Services, sources, asJson);
        await host.WaitForShutdownAsync(cancellation);
        return ExitCodes.Success;
    }

    private static ZoneLoadResult ToResult(LoadedZones loaded) => new(loaded.Zones, loaded.Problems, loaded.Files) { Signing = loaded.Signing };

    private static IPEndPoint Parse(string address) =>
        ListenAddress.TryParse(address, out var endpoint, out var fault) ? endpoint : throw new FormatException(fault);

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
