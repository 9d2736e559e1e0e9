// altodns stats: what the running server has counted.

using System.CommandLine;
using AltoDns.Cli.Output;
using AltoDns.Server.Control;
using Spectre.Console;

namespace AltoDns.Cli.Commands.Control;

internal static class StatsCommand
{
    public static Command Create()
    {
        var control = new ControlArguments();
        var command = new Command("stats", "Print the running server's counters since its start: UDP, TCP, XDP, what was dropped and why, reloads.");
        control.AddTo(command);
        command.SetAction((result, cancellation) => control.AskAsync(
            result, new ControlRequest("stats"), response => Print(response.Counters!, control.AsJson(result)), cancellation));
        return command;
    }

    private static int Print(IReadOnlyList<CounterGroup> groups, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.Print(new StatsJson(groups.ToDictionary(
                group => group.Name,
                group => group.Counters.ToDictionary(counter => counter.Name, counter => counter.Value, StringComparer.Ordinal),
                StringComparer.Ordinal)));
            return ExitCodes.Success;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("Counter").AddColumn(new TableColumn("Value").RightAligned()).AddColumn("Meaning");
        foreach (var group in groups)
        {
            foreach (var counter in group.Counters)
            {
                table.AddRow(Markup.Escape($"{group.Name} {counter.Name}"), $"{counter.Value}", Markup.Escape(counter.Meaning));
            }
        }

        Consoles.Out.Write(table);
        return ExitCodes.Success;
    }
}
