// altodns status: what the running server serves, since when, and what is amiss.

using System.CommandLine;
using AltoDns.Cli.Output;
using AltoDns.Server.Control;
using Spectre.Console;

namespace AltoDns.Cli.Commands.Control;

internal static class StatusCommand
{
    private const int MaxRows = 50;

    public static Command Create()
    {
        var control = new ControlArguments();
        var command = new Command(
            "status",
            "Tell what the running server serves: its zones with serial, age, source and signatures, and whether the last reload was rejected (exit code 1).");
        control.AddTo(command);
        command.SetAction((result, cancellation) => control.AskAsync(
            result, new ControlRequest("status"), response => Print(response.Status!, control.AsJson(result)), cancellation));
        return command;
    }

    private static int Print(ServerStatus status, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.Print(status);
        }
        else
        {
            Console.Out.WriteLine($"AltoDns {status.Version}, process {status.ProcessId}, up {Ages.Of(status.UptimeSeconds)}, on {string.Join(", ", status.Listening)}");
            Console.Out.WriteLine($"Configuration: {status.Configuration ?? "none"}. Log level: {status.LogLevel}.");
            if (status.LastReload is { } reload)
            {
                ReloadCommand.PrintOutcome(reload, "Last reload");
            }

            PrintZones(status.Zones);
        }

        return status.LastReload is { Ok: false } ? ExitCodes.Problems : ExitCodes.Success;
    }

    private static void PrintZones(IReadOnlyList<ZoneStatus> zones)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("Zone").AddColumn(new TableColumn("Serial").RightAligned());
        table.AddColumn(new TableColumn("Names").RightAligned()).AddColumn(new TableColumn("Age").RightAligned());
        table.AddColumns("Source", "Signed until", "State");
        foreach (var zone in zones.Take(MaxRows))
        {
            table.AddRow(
                Markup.Escape(zone.Zone),
                zone.Serial is { } serial ? $"{serial}" : "-",
                zone.Names is { } names ? $"{names:N0}" : "-",
                zone.AgeSeconds is { } age ? Ages.Of(age) : "-",
                Markup.Escape(zone.Source ?? "-"),
                zone.SignedUntil is { } until ? Ages.Of(until) : "-",
                Markup.Escape(zone.LastError is not null ? "error" : zone.IsServed ? "served" : "not served"));
        }

        Consoles.Out.Write(table);
        Console.Out.WriteLine($"{(zones.Count > MaxRows ? $"… and {zones.Count - MaxRows} more. " : "")}{ProblemPrinter.Plural(zones.Count, "zone")}.");
        foreach (var zone in zones.Where(zone => zone.LastError is not null).Take(MaxRows))
        {
            Consoles.Out.Write(new Text($"{zone.Zone} {zone.LastError}\n", new Style(Color.Red)));
        }
    }
}
