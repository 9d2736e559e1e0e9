// Says in an operator's words what YAML's own parser does not accept.

using System.Text;
using YamlDotNet.Core;

namespace AltoDns.Zones.Configuration.Yaml;

internal static class YamlFault
{
    /// <summary>Place, fault and remedy of a syntax error.</summary>
    /// <param name="text">The whole file, UTF-8.</param>
    public static (SourcePosition Position, string Fault, string Remedy) Explain(YamlException exception, byte[] text, string file)
    {
        var line = (int)Math.Max(1, exception.Start.Line);
        var column = (int)Math.Max(1, exception.Start.Column);
        for (var suspect = line; suspect <= exception.End.Line + 1; suspect++)
        {
            var tab = TabInIndentation(LineOf(text, suspect));
            if (tab > 0)
            {
                return (new SourcePosition(file, suspect, tab), "A tab indents this line.", "Indent with spaces, not tabs.");
            }
        }

        var (fault, remedy) = Explain(exception.Message, LineOf(text, line), column);
        return (new SourcePosition(file, line, column), fault, remedy);
    }

    private static (string Fault, string Remedy) Explain(string message, string line, int column)
    {
        var indent = line.Length - line.TrimStart(' ').Length;
        var startsLine = column <= indent + 1;
        if (line.TrimStart(' ').StartsWith(':') && column <= indent + 2)
        {
            return ("A key that starts with ':' is not read.", "Put it in quotes: \"::/0\".");
        }

        if (message.Contains("cannot start any token", StringComparison.Ordinal))
        {
            return ($"A value cannot start with '{line[Math.Min(column, line.Length) - 1]}'.", "Put the value in quotes.");
        }

        if (message.Contains("escape", StringComparison.Ordinal))
        {
            return ("The text in double quotes has an escape that YAML does not know.", "Write \\\\ for a backslash, or use single quotes.");
        }

        if (message.Contains("quoted scalar", StringComparison.Ordinal))
        {
            return ("The quote that opens here is not closed on its line.", "Close it with the same quote.");
        }

        if (message.Contains("multiline plain scalar", StringComparison.Ordinal))
        {
            return ("The text above runs on into this line.", "Write a space after the colon of the key above, 'key: value'.");
        }

        if (message.Contains("invalid mapping", StringComparison.Ordinal))
        {
            return ("A second ': ' follows on one line.", "Put the value in quotes, or start a map on the next line, indented.");
        }

        if (message.Contains("expected key", StringComparison.Ordinal))
        {
            return (startsLine, line.Contains(": ", StringComparison.Ordinal) || line.TrimEnd().EndsWith(':')) switch
            {
                (true, true) => ("The indentation of this line fits no line above it.", "Indent the entries of one map or list by the same number of spaces."),
                (true, false) => ("This line is not a 'key: value' pair.", "Write a colon and a space after the key, or indent a value that goes on."),
                _ => ("More text follows a value that is complete.", "Put the whole value in quotes, or remove the rest."),
            };
        }

        if (message.Contains("document end", StringComparison.Ordinal))
        {
            return ("The indentation of this line fits no line above it.", "Start the first keys of the file in column 1.");
        }

        if (message.Contains("expected node content", StringComparison.Ordinal))
        {
            return ($"A value is missing before '{line[Math.Min(column, line.Length) - 1]}'.", "Write the value, or remove the sign.");
        }

        return ($"YAML cannot be read here: {message.TrimEnd('.')}.", "Check the indentation, colons and quotes of this line and the one above.");
    }

    private static int TabInIndentation(string line)
    {
        var blank = line.Length - line.TrimStart(' ', '\t').Length;
        return line.AsSpan(0, blank).IndexOf('\t') + 1;
    }

    // The text of a line, counted from 1, without its end; empty beyond the last.
    private static string LineOf(byte[] text, int line)
    {
        var rest = text.AsSpan();
        for (; line > 1; line--)
        {
            rest = rest[(rest.IndexOf((byte)'\n') is var end and >= 0 ? end + 1 : rest.Length)..];
        }

        var length = rest.IndexOf((byte)'\n');
        return Encoding.UTF8.GetString(length < 0 ? rest : rest[..length]).TrimEnd('\r').TrimStart('\uFEFF');
    }
}
