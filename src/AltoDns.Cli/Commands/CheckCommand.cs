// altodns check: says what is wrong, or what would be served.

using System.CommandLine;
using AltoDns.Cli.Output;
using AltoDns.Server.Configuration;
using AltoDns.Web.Explaining;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using Spectre.Console;

namespace AltoDns.Cli.Commands;

internal static class CheckCommand
{
    public static Command Create()
    {
        var sources = new SourceOptions(ServerSettings.State);
        var json = new Option<bool>("--json") { Description = "Print one JSON object for programs." };
        var command = new Command(
            "check",
            "Read policies and zones and report every problem as FILE:LINE:COLUMN, its fault and its remedy. Exit code 1 where there are errors.");
        sources.AddTo(command);
        command.Options.Add(json);
        command.SetAction(result => Run(sources.Configuration, result, result.GetValue(json)));
        return command;
    }

    private static int Run(ConfigurationOptions options, ParseResult result, bool asJson)
    {
        var problems = new ProblemList();
        try
        {
            return Run(options.Read(result, problems), problems.All, asJson);
        }
        catch (ConfigurationException exception) when (asJson)
        {
            JsonOutput.Print(new CheckJson(false, [.. exception.Problems.Select(ProblemJson.From)], []));
            return ExitCodes.Of(exception.Problems);
        }
        catch (ConfigurationException exception)
        {
            return ConfigurationOptions.Print(exception);
        }
    }

    private static int Run(ServerConfiguration configuration, IReadOnlyList<Problem> warnings, bool asJson)
    {
        var loaded = SourceOptions.Load(configuration);
        var zones = loaded.Zones?.Zones ?? [];
        loaded = loaded with
        {
            Problems =
            [
                .. warnings,
                .. loaded.Problems,
                .. loaded.NotesOnUnavailable,
                .. new DnssecAdvisor(new KeyStore(configuration.StateFolder), TimeProvider.System).Advise(loaded),
                .. loaded.Zones is null ? [] : configuration.FindUnserved(zones.Select(zone => zone.Origin).Concat(loaded.Zones.Unavailable.Keys)),
            ],
        };
        if (asJson)
        {
            JsonOutput.Print(new CheckJson(
                loaded.Zones is not null,
                [.. loaded.Problems.Select(ProblemJson.From)],
                [.. zones.Select(zone => new ZoneJson(zone.Origin.ToString(), zone.Serial, zone.NodeCount, zone.CountRRsets()))]));
        }
        else
        {
            ProblemPrinter.Print(loaded.Problems);
            PrintZones(loaded);
        }

        return loaded.Zones is null ? ExitCodes.Of(loaded.Problems) : ExitCodes.Success;
    }

    private static void PrintZones(LoadedZones loaded)
    {
        if (loaded.Zones is null)
        {
            Consoles.Error.Write(new Text($"{ProblemPrinter.Count(loaded.Problems)}; nothing would be served.\n"));
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("Zone").AddColumn("Serial");
        table.AddColumn(new TableColumn("Names").RightAligned()).AddColumn(new TableColumn("RRsets").RightAligned());
        foreach (var zone in loaded.Zones.Zones.Take(MaxRows))
        {
            table.AddRow(Markup.Escape(zone.Origin.ToString()), $"{zone.Serial}", $"{zone.NodeCount:N0}", $"{zone.CountRRsets():N0}");
        }

        Consoles.Out.Write(table);
        var hidden = loaded.Zones.Zones.Count - MaxRows;
        Consoles.Out.Write(new Text(
            $"{(hidden > 0 ? $"… and {hidden} more. " : "")}{ProblemPrinter.Plural(loaded.Zones.Zones.Count, "zone")}: "
            + $"{ProblemPrinter.Count(loaded.Problems)}.\n"));
    }

    private const int MaxRows = 50;
}
