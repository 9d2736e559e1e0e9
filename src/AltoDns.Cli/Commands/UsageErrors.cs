// Says what is wrong with a command line, and what was probably meant.

using System.CommandLine;
using AltoDns.Zones.Configuration;

namespace AltoDns.Cli.Commands;

internal static class UsageErrors
{
    /// <summary>Prints the errors of a command line to standard error, one a line, and where to read on.</summary>
    /// <returns>The exit code.</returns>
    public static int Print(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var isCommandWanted = command == parsed.RootCommandResult.Command;
        var errors = isCommandWanted && parsed.UnmatchedTokens.Count > 0
            ? [UnknownCommand(parsed.UnmatchedTokens[0], command)]
            : parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal);
        foreach (var error in errors)
        {
            Console.Error.WriteLine(error);
        }

        Console.Error.WriteLine($"See: altodns {(isCommandWanted ? "" : command.Name + " ")}--help");
        return ExitCodes.Usage;
    }

    /// <summary>Whether a word was meant as an option: the parser takes one that it does not know for a file.</summary>
    public static bool LooksLikeOption(string word) => word.Length > 1 && word[0] == '-';

    /// <param name="word">What <see cref="LooksLikeOption"/> is true of.</param>
    /// <param name="command">Whose options the word may have been meant for.</param>
    public static string UnknownOption(string word, Command command)
    {
        var known = command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal));
        return $"'{word}' is not an option of {command.Name}.{Meant(word.Split('=')[0], known)} A file of that name is written ./{word}";
    }

    private static string UnknownCommand(string word, Command root)
    {
        var names = root.Subcommands.Select(command => command.Name).ToList();
        var options = root.Options.SelectMany(option => option.Aliases.Append(option.Name));
        return LooksLikeOption(word)
            ? $"'{word}' is not an option of altodns.{Meant(word, options)} Options of a command stand after it."
            : $"'{word}' is not a command.{Meant(word, names)} The commands are: {string.Join(", ", names)}.";
    }

    private static string Meant(string word, IEnumerable<string> candidates) =>
        Spelling.Closest(word, candidates) is { } meant ? $" Did you mean {meant}?" : "";
}
