// altodns keys export: writes keys as BIND keeps them.

using System.CommandLine;
using AltoDns.Zones.Keys;

namespace AltoDns.Cli.Commands.Keys;

internal static class KeysExportCommand
{
    public static Command Create()
    {
        var zones = new Argument<string[]>("ZONES") { Description = "Only these zones.", Arity = ArgumentArity.ZeroOrMore };
        zones.Validators.Add(result => StateOptions.RequireNames(result, result.Tokens.Select(token => token.Value)));
        var output = new Option<string>("--output", "-o") { Description = "The folder to write into, which has to exist.", HelpName = "FOLDER", Required = true };
        var state = new StateOptions();
        var command = new Command("export", "Write every key as BIND's K*.key and K*.private, the private ones readable for you alone.");
        command.Arguments.Add(zones);
        command.Options.Add(output);
        state.AddTo(command);
        command.SetAction(result => StateOptions.Guard(() => Run(state.Read(result), result.GetValue(zones) ?? [], result.GetValue(output)!)));
        return command;
    }

    private static int Run(KeyStore store, string[] names, string folder)
    {
        foreach (var state in StateOptions.Load(store, names))
        {
            foreach (var key in state.Keys)
            {
                using var signingKey = store.OpenKey(state.Apex, key);
                Console.Out.WriteLine(BindKeyFiles.Write(folder, state.Apex, signingKey, key.IsWanted ? key.Created : null));
            }
        }

        return ExitCodes.Success;
    }
}
