// Says in an operator's words what YAML's own parser does not accept.

using System.Text;
using YamlDotNet.Core;

namespace AltoDns.Zones.Configuration.Yaml;

internal static class YamlFault
{
    // By a part of the parser's message; the first that fits is taken.
    private static readonly (string Part, string Fault, string Remedy)[] Table =
    [
        ("escape", "The text in double quotes has an escape that YAML does not know.", "Write \\\\ for a backslash, or use single quotes."),
        ("quoted scalar", "The quote that opens here is not closed on its line.", "Close it with the same quote."),
        ("multiline plain scalar", "The text above runs on into this line.", "Write a space after the colon of the key above, 'key: value'."),
        ("invalid mapping", "A second ': ' follows on one line.", "Put the value in quotes, or start a map on the next line, indented."),
        ("Mapping values are not allowed", "A 'key: value' pair cannot stand here.", "Check the indentation: a key takes a value on its line or a map below it, not both."),
        ("Mapping keys are not allowed", "A value cannot start with '?'.", "Put the value in quotes."),
        ("Block sequence entries", "A list entry cannot stand here.", "Put each '- ' on a line of its own, indented below its key."),
        ("'-' indicator", "This line is not an entry of the list above.", "Start it with '- ', or indent it like the list's key."),
        ("expected ':'", "This line is not a 'key: value' pair.", "Write a colon and a space after the key."),
        ("invalid comment", "A comment follows a sign without a space.", "Write a space before '#'."),
        ("anchor or alias", "'&' or '*' starts a YAML anchor or alias.", "Put the value in quotes."),
        ("tag", "'!' starts a YAML tag.", "Put the value in quotes."),
        ("block scalar", "'|' or '>' starts a block of text.", "Put the value in quotes."),
        ("directive", "A line that starts with '%' is a YAML directive.", "Put the value in quotes, or indent the line."),
        ("document end", "The indentation of this line fits no line above it.", "Start the first keys of the file in column 1."),
        ("document start", "The settings of the file have ended above this line.", "Remove the line, or the brackets around the lines above."),
    ];

    /// <summary>Place, fault and remedy of a syntax error.</summary>
    /// <param name="text">The whole file, UTF-8.</param>
    public static (SourcePosition Position, string Fault, string Remedy) Explain(YamlException exception, byte[] text, string file)
    {
        var lines = Encoding.UTF8.GetString(text).Split('\n');
        var line = (int)Math.Clamp(exception.Start.Line, 1, lines.Length);
        var column = (int)Math.Max(1, exception.Start.Column);

        // The parser places a tab at the start of what it was reading, which may be lines above.
        var last = exception.Message.Contains(" tab ", StringComparison.Ordinal) ? lines.Length : Math.Min(lines.Length, exception.End.Line + 1);
        for (var suspect = line; suspect <= last; suspect++)
        {
            var tab = TabInIndentation(lines[suspect - 1]);
            if (tab > 0)
            {
                return (new SourcePosition(file, suspect, tab), "A tab indents this line.", "Indent with spaces, not tabs.");
            }
        }

        var (fault, remedy) = Explain(exception.Message, lines[line - 1].TrimEnd('\r').TrimStart('\uFEFF'), column);
        return (new SourcePosition(file, line, column), fault, remedy);
    }

    private static (string Fault, string Remedy) Explain(string message, string line, int column)
    {
        var indent = line.Length - line.TrimStart(' ').Length;
        if (line.AsSpan(indent).StartsWith(":") && column <= indent + 2)
        {
            return ("A key that starts with ':' is not read.", "Put it in quotes: \"::/0\".");
        }

        var sign = column <= line.Length ? $"'{line[column - 1]}'" : "the end of the line";
        if (message.Contains("cannot start any token", StringComparison.Ordinal))
        {
            return ($"A value cannot start with {sign}.", "Put the value in quotes.");
        }

        if (message.Contains("expected node content", StringComparison.Ordinal))
        {
            return ($"A value is missing before {sign}.", "Write the value, or remove the sign.");
        }

        if (message.Contains("expected key", StringComparison.Ordinal))
        {
            var isPair = line.Contains(": ", StringComparison.Ordinal) || line.TrimEnd().EndsWith(':');
            return (column <= indent + 1, isPair) switch
            {
                (true, true) => ("The indentation of this line fits no line above it.", "Indent the entries of one map or list by the same number of spaces."),
                (true, false) => ("This line is not a 'key: value' pair.", "Write a colon and a space after the key, or indent a value that goes on."),
                _ => ("More text follows a value that is complete.", "Put the whole value in quotes, or remove the rest."),
            };
        }

        var entry = Array.Find(Table, entry => message.Contains(entry.Part, StringComparison.Ordinal));
        return entry.Part is not null
            ? (entry.Fault, entry.Remedy)
            : ($"YAML cannot be read here: {message.TrimEnd('.')}.", "Check the indentation, colons and quotes of this line and the one above.");
    }

    private static int TabInIndentation(string line)
    {
        var blank = line.Length - line.TrimStart(' ', '\t').Length;
        return line.AsSpan(0, blank).IndexOf('\t') + 1;
    }
}
