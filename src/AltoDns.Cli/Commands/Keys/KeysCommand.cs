// altodns keys: the keys of signed zones, for an operator who wants to look or to lend a hand.

using System.CommandLine;

namespace AltoDns.Cli.Commands.Keys;

internal static class KeysCommand
{
    public static Command Create() => new("keys", "The keys of signed zones. They are made and rolled by serve; these commands look, ask, and move keys in and out.")
    {
        KeysStatusCommand.Create(),
        KeysListCommand.Create(),
        KeysDsCommand.Create(),
        KeysGenerateCommand.Create(),
        KeysRollCommand.Create(),
        KeysImportCommand.Create(),
        KeysExportCommand.Create(),
    };
}
