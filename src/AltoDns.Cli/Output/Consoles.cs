// Standard output and error for people: coloured on a terminal, unbroken lines everywhere else.

using Spectre.Console;

namespace AltoDns.Cli.Output;

internal static class Consoles
{
    // A pipe has no width: lines must not be broken for it.
    private const int Unbroken = 100_000;

    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (isRedirected)
        {
            console.Profile.Width = Unbroken;
        }

        return console;
    }
}
