// Prints figures for people or for programs; the names of a record's properties are the keys of its JSON.

using System.Text.Json;
using Spectre.Console;

namespace AltoDns.Benchmarks.Output;

internal static class Figures
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Prints rows as a table, the first column left and the others right aligned, or as a JSON array.</summary>
    /// <param name="columns">A heading and what a row has below it.</param>
    public static void Print<T>(IReadOnlyList<T> rows, bool asJson, params (string Heading, Func<T, string> Text)[] columns)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(rows, Json));
            return;
        }

        // Markdown, so that it can be put into docs/performance.md as it is.
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var (heading, _) in columns)
        {
            var column = new TableColumn(Markup.Escape(heading)).NoWrap();
            table.AddColumn(table.Columns.Count == 0 ? column : column.RightAligned());
        }

        foreach (var row in rows)
        {
            table.AddRow([.. columns.Select(column => new Text(column.Text(row)))]);
        }

        // A pipe has no width; the table is to be whole there, too.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = 200;
        console.Write(table);
    }

    /// <summary>Says on standard error what is going on.</summary>
    public static void Note(string text) => Console.Error.WriteLine(text);

    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>Octets as megabytes of 10^6.</summary>
    public static double Megabytes(this long octets) => octets / 1e6;
}
