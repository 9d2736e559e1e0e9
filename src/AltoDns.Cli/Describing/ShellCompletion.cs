// Completion for shells, made from the definitions of the commands: plain text that needs no program while the user types.

using System.CommandLine;
using System.Text;

namespace AltoDns.Cli.Describing;

internal static class ShellCompletion
{
    /// <summary>The shells that are known, and what writes their files.</summary>
    public static IReadOnlyDictionary<string, Func<Command, string>> Shells { get; } = new Dictionary<string, Func<Command, string>>(StringComparer.Ordinal)
    {
        ["bash"] = WriteBash,
        ["zsh"] = WriteZsh,
        ["fish"] = WriteFish,
    };

    // The words so far that are commands lead to the list that is offered; files are offered for what is no option.
    private static string WriteBash(Command root)
    {
        var commands = DescribedCommand.AllOf(root);
        var text = new StringBuilder("# Completion of altodns for bash.\n_altodns() {\n    local word=\"${COMP_WORDS[COMP_CWORD]}\" at=\"\" words=\"\" i\n");
        text.Append("    for ((i = 1; i < COMP_CWORD; i++)); do\n        case \"$at ${COMP_WORDS[i]}\" in\n");
        text.Append($"            {string.Join('|', PathsOf(commands))}) at=\"$at ${{COMP_WORDS[i]}}\" ;;\n        esac\n    done\n    case \"$at\" in\n");
        foreach (var command in commands)
        {
            text.Append($"        {Quote(Lead(command))}) words=\"{string.Join(' ', WordsOf(command).Select(word => word.Word))}\" ;;\n");
        }

        text.Append("    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n");
        text.Append("    [[ $word == -* || -z $at ]] || COMPREPLY+=($(compgen -f -- \"$word\"))\n}\ncomplete -o filenames -F _altodns altodns\n");
        return text.ToString();
    }

    private static string WriteZsh(Command root)
    {
        var commands = DescribedCommand.AllOf(root);
        var text = new StringBuilder("#compdef altodns\n# Completion of altodns for zsh.\n_altodns() {\n    local at=\"\" i\n    local -a items\n");
        text.Append("    for ((i = 2; i < CURRENT; i++)); do\n        case \"$at ${words[i]}\" in\n");
        text.Append($"            ({string.Join('|', PathsOf(commands))}) at=\"$at ${{words[i]}}\" ;;\n        esac\n    done\n    case \"$at\" in\n");
        foreach (var command in commands)
        {
            text.Append($"        ({Quote(Lead(command))}) items=(\n");
            foreach (var (word, brief) in WordsOf(command))
            {
                text.Append($"            {Quote($"{word.Replace(":", "\\:", StringComparison.Ordinal)}:{brief}")}\n");
            }

            text.Append("        ) ;;\n");
        }

        text.Append("    esac\n    _describe altodns items\n    [[ -z $at ]] || _files\n}\n_altodns \"$@\"\n");
        return text.ToString();
    }

    private static string WriteFish(Command root)
    {
        var text = new StringBuilder("# Completion of altodns for fish.\ncomplete -c altodns -n __fish_use_subcommand -f\n");
        foreach (var command in DescribedCommand.AllOf(root))
        {
            var seen = command.Path.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => $"__fish_seen_subcommand_from {word}").ToList();
            var below = command.Subcommands.Select(subcommand => subcommand.Name).ToList();
            var condition = seen.Count == 0 ? "__fish_use_subcommand" : string.Join("; and ", seen);
            var beforeSubcommand = below.Count == 0 || seen.Count == 0 ? condition : $"{condition}; and not __fish_seen_subcommand_from {string.Join(' ', below)}";
            foreach (var subcommand in command.Subcommands)
            {
                text.Append($"complete -c altodns -n {Quote(beforeSubcommand)} -f -a {subcommand.Name} -d {Quote(DescribedCommand.Brief(subcommand.Description))}\n");
            }

            foreach (var option in command.Options)
            {
                var names = string.Concat(DescribedCommand.NamesOf(option).Select(name =>
                    name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : name.Length == 2 ? $" -s {Quote(name[1..])}" : ""));
                text.Append($"complete -c altodns -n {Quote(condition)}{names}{(option.HelpName is null ? "" : " -r")} -d {Quote(DescribedCommand.Brief(option.Description))}\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> PathsOf(IEnumerable<DescribedCommand> commands) =>
        commands.Where(command => command.Path.Length > 0).Select(command => Quote(Lead(command)));

    // As the loops over the words build it: each word with a space before it.
    private static string Lead(DescribedCommand command) => command.Path.Length == 0 ? "" : " " + command.Path;

    private static IEnumerable<(string Word, string Brief)> WordsOf(DescribedCommand command) =>
        command.Subcommands.Select(subcommand => (subcommand.Name, DescribedCommand.Brief(subcommand.Description)))
            .Concat(command.Options.SelectMany(option => DescribedCommand.NamesOf(option).Select(name => (name, DescribedCommand.Brief(option.Description)))));

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
