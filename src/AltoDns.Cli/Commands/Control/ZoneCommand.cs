// altodns zone NAME: everything that the running server knows of one zone.

using System.CommandLine;
using AltoDns.Cli.Commands.Keys;
using AltoDns.Cli.Output;
using AltoDns.Server.Control;
using Spectre.Console;

namespace AltoDns.Cli.Commands.Control;

internal static class ZoneCommand
{
    public static Command Create()
    {
        var control = new ControlArguments();
        var zone = new Argument<string>("ZONE") { Description = "The zone's name, such as 2.0.192.in-addr.arpa." };
        zone.Validators.Add(result => StateOptions.RequireNames(result, result.Tokens.Select(token => token.Value)));
        var command = new Command("zone", "Tell what the running server knows of one zone. Exit code 1 where it is not served, or its last reload or transfer failed.");
        command.Arguments.Add(zone);
        control.AddTo(command);
        command.SetAction((result, cancellation) => control.AskAsync(
            result, new ControlRequest("zone", Zone: result.GetRequiredValue(zone)), response => Print(response.Zone!, control.AsJson(result)), cancellation));
        return command;
    }

    private static int Print(ZoneStatus zone, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.Print(zone);
        }
        else
        {
            var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
            foreach (var (name, value) in Rows(zone))
            {
                table.AddRow(Markup.Escape(name), Markup.Escape(value));
            }

            Consoles.Out.Write(table);
        }

        return zone.IsServed && zone.LastError is null && !zone.Facts.ContainsKey("reload") ? ExitCodes.Success : ExitCodes.Problems;
    }

    private static IEnumerable<(string Name, string Value)> Rows(ZoneStatus zone)
    {
        yield return ("zone", zone.Zone);
        yield return ("state", zone.IsServed ? "served" : "not served");
        if (zone.Serial is { } serial)
        {
            yield return ("serial", $"{serial}");
            yield return ("size", $"{zone.Names:N0} names, {zone.RRsets:N0} RRsets");
        }

        if (zone is { Since: { } since, AgeSeconds: { } age })
        {
            yield return ("age", $"{Ages.Of(age)}, since {Ages.Of(since)}");
        }

        yield return ("source", zone.Source ?? "-");
        yield return ("signed until", zone.SignedUntil is { } until ? Ages.Of(until) : "not signed here");
        foreach (var (name, value) in zone.Facts)
        {
            yield return (name, value);
        }

        yield return ("last error", zone.LastError ?? "none");
    }
}
