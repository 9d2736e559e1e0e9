// Prints problems one to a line, so that editors and grep can use them; colour only where a person looks on.

using AltoDns.Zones.Configuration;
using Spectre.Console;

namespace AltoDns.Cli.Output;

internal static class ProblemPrinter
{
    /// <summary>Prints to standard error.</summary>
    public static void Print(IReadOnlyList<Problem> problems)
    {
        foreach (var problem in problems)
        {
            Consoles.Error.Write(new Text(problem.ToString() + "\n", problem.Severity == Severity.Error ? new Style(Color.Red) : new Style(Color.Yellow)));
        }
    }

    /// <summary>Such as "2 errors, 1 warning".</summary>
    public static string Count(IReadOnlyList<Problem> problems)
    {
        var errors = problems.Count(problem => problem.Severity == Severity.Error);
        return $"{Plural(errors, "error")}, {Plural(problems.Count - errors, "warning")}";
    }

    public static string Plural(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
