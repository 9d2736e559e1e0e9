// altodns log-level LEVEL: changes how much the running server logs, until it is restarted or its configuration says otherwise.

using System.CommandLine;
using AltoDns.Cli.Output;
using AltoDns.Server.Control;
using AltoDns.Server.Observing;

namespace AltoDns.Cli.Commands.Control;

internal static class LogLevelCommand
{
    public static Command Create()
    {
        var control = new ControlArguments();
        var level = new Argument<string?>("LEVEL") { Description = $"{LogLevels.Kind.Form}. Without it: print the level that holds.", Arity = ArgumentArity.ZeroOrOne };
        level.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && LogLevels.Kind.Parse(token.Value, "", out _) is { } mistake)
            {
                result.AddError(mistake.ToString());
            }
        });
        var command = new Command("log-level", "Change which messages the running server logs, until its configuration says otherwise or it is restarted.");
        command.Arguments.Add(level);
        control.AddTo(command);
        command.SetAction((result, cancellation) => control.AskAsync(
            result, new ControlRequest("log-level", Level: result.GetValue(level)), response => Print(response.LogLevel!, control.AsJson(result)), cancellation));
        return command;
    }

    private static int Print(string level, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.Print(new LogLevelJson(level));
        }
        else
        {
            Console.Out.WriteLine(level);
        }

        return ExitCodes.Success;
    }
}
