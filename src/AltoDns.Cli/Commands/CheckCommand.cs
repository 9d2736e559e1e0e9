// altodns check: says what is wrong, or what would be served.

using System.CommandLine;
using AltoDns.Cli.Commands.Keys;
using AltoDns.Cli.Explaining;
using AltoDns.Cli.Output;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Loading;
using Spectre.Console;

namespace AltoDns.Cli.Commands;

internal static class CheckCommand
{
    public static Command Create()
    {
        var sources = new SourceOptions();
        var state = new StateOptions();
        var json = new Option<bool>("--json") { Description = "Print one JSON object for programs." };
        var command = new Command(
            "check",
            "Read policies and zones and report every problem as FILE:LINE:COLUMN, its fault and its remedy. Exit code 1 where there are errors.");
        sources.AddTo(command);
        state.AddTo(command);
        command.Options.Add(json);
        command.SetAction(result => Run(sources.Read(result), state.Read(result), result.GetValue(json)));
        return command;
    }

    private static int Run(ZoneSources sources, KeyStore keys, bool asJson)
    {
        var loaded = ZoneLoader.Load(sources);
        loaded = loaded with { Problems = [.. loaded.Problems, .. new DnssecAdvisor(keys, TimeProvider.System).Advise(loaded)] };
        var zones = loaded.Zones?.Zones ?? [];
        if (asJson)
        {
            JsonOutput.Print(new CheckJson(
                loaded.Zones is not null,
                [.. loaded.Problems.Select(ProblemJson.From)],
                [.. zones.Select(zone => new ZoneJson(zone.Origin.ToString(), zone.Serial, zone.NodeCount, zone.RRsetCount))]));
        }
        else
        {
            ProblemPrinter.Print(loaded.Problems);
            PrintZones(loaded);
        }

        return loaded.Zones is null ? ExitCodes.Problems : ExitCodes.Success;
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
            table.AddRow(Markup.Escape(zone.Origin.ToString()), $"{zone.Serial}", $"{zone.NodeCount:N0}", $"{zone.RRsetCount:N0}");
        }

        Consoles.Out.Write(table);
        var hidden = loaded.Zones.Zones.Count - MaxRows;
        Consoles.Out.Write(new Text(
            $"{(hidden > 0 ? $"… and {hidden} more. " : "")}{ProblemPrinter.Plural(loaded.Zones.Zones.Count, "zone")}: "
            + $"{ProblemPrinter.Count(loaded.Problems)}.\n"));
    }

    private const int MaxRows = 50;
}
