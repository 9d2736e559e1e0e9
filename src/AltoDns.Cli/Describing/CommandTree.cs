// The program's commands as pages and shells list them.

using System.CommandLine;

namespace AltoDns.Cli.Describing;

/// <param name="Path">The words that lead to it, such as <c>keys list</c>; empty for the program itself.</param>
internal sealed record DescribedCommand(string Path, Command Command)
{
    public IEnumerable<Command> Subcommands => Command.Subcommands.Where(command => !command.Hidden);

    public IEnumerable<Option> Options => Command.Options.Where(option => !option.Hidden);

    /// <summary>The program and every command below it, each before its subcommands.</summary>
    public static IReadOnlyList<DescribedCommand> AllOf(Command root) => [.. Walk("", root)];

    /// <summary>An option's names, the long one first.</summary>
    public static IEnumerable<string> NamesOf(Option option) =>
        option.Aliases.Append(option.Name).Where(name => name.StartsWith('-')).OrderByDescending(name => name.Length);

    /// <summary>The first sentence of a description, for a line of a list.</summary>
    public static string Brief(string? description)
    {
        var text = description ?? "";
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).TrimEnd('.').Replace('\n', ' ');
    }

    private static IEnumerable<DescribedCommand> Walk(string path, Command command)
    {
        var described = new DescribedCommand(path, command);
        return described.Subcommands.SelectMany(below => Walk($"{path} {below.Name}".Trim(), below)).Prepend(described);
    }
}
