// altodns reload: has the running server read its files, and waits for what comes of it.

using System.CommandLine;
using AltoDns.Cli.Output;
using AltoDns.Server.Control;
using Spectre.Console;

namespace AltoDns.Cli.Commands.Control;

internal static class ReloadCommand
{
    public static Command Create()
    {
        var control = new ControlArguments();
        var command = new Command(
            "reload",
            "Have the running server read its configuration, policies and zones, wait for the outcome and print every problem. "
            + "Exit code 1 where there are errors: then what was served before still is.");
        control.AddTo(command);
        command.SetAction((result, cancellation) => control.AskAsync(
            result, new ControlRequest("reload"), response => Print(response.Reload!, control.AsJson(result)), cancellation));
        return command;
    }

    /// <summary>Prints an attempt to load on standard output, its problems on standard error.</summary>
    public static void PrintOutcome(ReloadStatus reload, string what)
    {
        foreach (var problem in reload.Problems)
        {
            Consoles.Error.Write(new Text(problem.Text + "\n", new Style(problem.Severity == "error" ? Color.Red : Color.Yellow)));
        }

        var count = $"{ProblemPrinter.Plural(reload.Errors, "error")}, {ProblemPrinter.Plural(reload.Warnings, "warning")}";
        Consoles.Out.Write(reload.Ok
            ? new Text($"{what}: accepted at {Ages.Of(reload.At)}, in {reload.Milliseconds} ms; {count}.\n")
            : new Text($"{what}: REJECTED at {Ages.Of(reload.At)}; {count}. What was served before still is.\n", new Style(Color.Red)));
    }

    private static int Print(ReloadStatus reload, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.Print(reload);
        }
        else
        {
            PrintOutcome(reload, "Reload");
        }

        return reload.Ok ? ExitCodes.Success : ExitCodes.Problems;
    }
}
