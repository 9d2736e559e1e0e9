// altodns coverage: which share of address space finds which ALTO server, after how many lookups, and where none is found.

using System.CommandLine;
using System.Globalization;
using AltoDns.Cli.Covering;
using AltoDns.Cli.Output;
using AltoDns.Discovery;
using AltoDns.Protocol.Names;
using AltoDns.Server.Configuration;
using Spectre.Console;

namespace AltoDns.Cli.Commands;

internal sealed class CoverageCommand
{
    private const int MaxRows = 50;
    private const int MaxSamples = 10_000_000;

    private readonly SourceOptions _sources = new();
    private readonly ResolverArguments _resolvers = new();

    private readonly Option<string[]> _live = new("--live")
    {
        Description = "Ask resolvers about this prefix in place of reading files. May be repeated.",
        HelpName = "PREFIX",
    };

    private readonly Option<int> _samples = new("--samples")
    {
        Description = "With --live: the most addresses of each prefix that are looked up; a larger prefix is sampled at random.",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => 1024,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MaxSamples)
            {
                return number;
            }

            result.AddError($"'{result.Tokens[0].Value}' is not a number of samples. Write one from 1 to {MaxSamples}.");
            return 0;
        },
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object for programs." };

    public static Command Create() => new CoverageCommand().Build();

    private Command Build()
    {
        var command = new Command(
            "coverage",
            "Tell which share of the addresses of policies and zones, or of live prefixes, finds which ALTO server, after how many lookups; list holes and hidden assignments.");
        _sources.AddTo(command);
        command.Options.Add(_live);
        command.Options.Add(_samples);
        _resolvers.AddTo(command);
        command.Options.Add(_json);
        _live.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(token => token.Value))
            {
                if (IPPrefix.TryParse(text, out _) is var error and not PrefixError.None)
                {
                    result.AddError(error == PrefixError.HostBits
                        ? $"'{text}' has bits set after its length."
                        : $"'{text}' is not a prefix. Write one such as 192.0.2.0/24.");
                }
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var prefixes = (result.GetValue(_live) ?? []).Select(IPPrefix.Parse).ToList();
        CoverageReport report;
        if (prefixes.Count > 0)
        {
            report = await MeasureLiveAsync(result, prefixes, cancellationToken);
        }
        else
        {
            ServerConfiguration configuration;
            try
            {
                configuration = _sources.Read(result);
            }
            catch (ConfigurationException exception)
            {
                return ConfigurationOptions.Print(exception);
            }

            var loaded = SourceOptions.Load(configuration);
            if (loaded.Zones is null)
            {
                ProblemPrinter.Print(loaded.Problems);
                return ExitCodes.Problems;
            }

            report = await PolicyCoverage.MeasureAsync(loaded);
        }

        if (result.GetValue(_json))
        {
            JsonOutput.Print(report);
        }
        else
        {
            Print(report);
        }

        return ExitCodes.Success;
    }

    private async Task<CoverageReport> MeasureLiveAsync(ParseResult result, IReadOnlyList<IPPrefix> prefixes, CancellationToken cancellationToken)
    {
        await using var client = new DiscoveryClient(new DiscoveryOptions { Resolver = _resolvers.Read(result), IncludeSpecialAddresses = true, WithKeys = false });
        var samples = result.GetValue(_samples);
        if (Console.IsErrorRedirected)
        {
            return await LiveCoverage.MeasureAsync(client, prefixes, samples, seed: 1, () => { }, cancellationToken);
        }

        return await Consoles.Error.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
        {
            var task = context.AddTask("Looking up addresses", maxValue: LiveCoverage.Count(prefixes, samples));
            return await LiveCoverage.MeasureAsync(client, prefixes, samples, seed: 1, () => task.Increment(1), cancellationToken);
        });
    }

    private static void Print(CoverageReport report)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("").AddColumn("ALTO server");
        table.AddColumn(new TableColumn("Addresses").RightAligned()).AddColumn(new TableColumn("Share").RightAligned()).AddColumn("Lookups");
        foreach (var share in report.Shares.Take(MaxRows))
        {
            table.AddRow(
                share.Family,
                Markup.Escape(share.Servers.Count > 0 ? string.Join(' ', share.Servers) : "(none)"),
                Size(share.Addresses),
                Percent(share.Share),
                string.Join(", ", share.Lookups.Select(pair => share.Lookups.Count == 1 ? $"{pair.Key}" : $"{pair.Key}: {Percent(pair.Value)}")));
        }

        Consoles.Out.Write(table);
        PrintRest("servers", report.Shares.Count);
        if (report.IsSampled)
        {
            Consoles.Out.Write(new Text("Shares are estimates from random addresses.\n"));
        }

        foreach (var hole in report.Holes.Take(MaxRows))
        {
            Consoles.Out.Write(new Text($"Hole: {hole.Prefix}, {Size(hole.Addresses)} addresses: {hole.Why}\n"));
        }

        PrintRest("holes", report.Holes.Count);
        foreach (var hidden in report.Hidden.Take(MaxRows))
        {
            Consoles.Out.Write(new Text($"Hidden: {hidden.Place}: {hidden.Prefix} → {hidden.Server}: {Percent(hidden.HiddenShare)} of its addresses find another answer\n"));
        }

        PrintRest("hidden assignments", report.Hidden.Count);
    }

    private static void PrintRest(string what, int count)
    {
        if (count > MaxRows)
        {
            Consoles.Out.Write(new Text($"… and {count - MaxRows} more {what}; --json has all.\n"));
        }
    }

    // Beyond a million million an exact number says less than its order.
    private static string Size(string addresses) =>
        addresses.Length <= 12 ? addresses : double.Parse(addresses, CultureInfo.InvariantCulture).ToString("0.###e0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString(share is > 0 and < 0.0001 ? "0.####e0%" : "0.##%", CultureInfo.InvariantCulture);
}
