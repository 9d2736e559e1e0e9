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
            PrintJson(rows);
            return;
        }

        Console.Out.Write(Table(rows, columns));
    }

    public static void PrintJson<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>A table in Markdown, the first column left and the others right aligned.</summary>
    /// <param name="columns">A heading and what a row has below it.</param>
    public static string Table<T>(IReadOnlyList<T> rows, params (string Heading, Func<T, string> Text)[] columns)
    {
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
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 200;
        console.Write(table);
        return $"{text.ToString().Trim()}\n";
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
