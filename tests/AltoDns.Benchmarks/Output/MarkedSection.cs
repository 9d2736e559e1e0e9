// Replaces the part of a document that a program writes and leaves what people wrote.

namespace AltoDns.Benchmarks.Output;

internal static class MarkedSection
{
    /// <summary>Puts text between the lines <c>&lt;!-- NAME:begin --&gt;</c> and <c>&lt;!-- NAME:end --&gt;</c>, in place of what is there.</summary>
    /// <exception cref="FormatException">The document does not have each of the two once, in this order.</exception>
    public static string Replace(string document, string name, string text)
    {
        var begin = $"<!-- {name}:begin -->\n";
        var end = $"<!-- {name}:end -->";
        var start = document.IndexOf(begin, StringComparison.Ordinal);
        var stop = document.IndexOf(end, StringComparison.Ordinal);
        if (start < 0 || stop < start || document.LastIndexOf(begin, StringComparison.Ordinal) != start || document.LastIndexOf(end, StringComparison.Ordinal) != stop)
        {
            throw new FormatException($"The document needs one line '{begin.Trim()}' and one '{end}' after it.");
        }

        return $"{document[..(start + begin.Length)]}\n{text.Trim()}\n\n{document[stop..]}";
    }
}
