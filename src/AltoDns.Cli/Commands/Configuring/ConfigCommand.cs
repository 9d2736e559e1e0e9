// altodns config: what can be configured, printed by the program that reads it.

using System.CommandLine;
using AltoDns.Cli.Describing;

namespace AltoDns.Cli.Commands.Configuring;

internal static class ConfigCommand
{
    public static Command Create() => new("config", "Print what can be configured.")
    {
        Printing("sample", "Print a commented altodns.yaml with every setting.", () => ConfigurationSample.Write()),
        Printing("reference", "Print the reference of all settings, docs/configuration.md.", ConfigurationPage.Write),
    };

    private static Command Printing(string name, string description, Func<string> write)
    {
        var command = new Command(name, description);
        command.SetAction(_ =>
        {
            Console.Out.Write(write());
            return ExitCodes.Success;
        });
        return command;
    }
}
