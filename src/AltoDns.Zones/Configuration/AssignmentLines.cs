// The plain part of a long assignments section, read without a YAML parser: a policy may have a line for each prefix of the Internet.

using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

/// <summary>
/// Lines of one indentation, each <c>prefix: server</c> and perhaps a comment, that follow the first such line below
/// <c>assignments:</c>. They are cut out of the text that the parser gets. Whether they are entries of that section is certain only
/// when the parser has come upon the section and its first entry where they are said to be; else the whole text is parsed.
/// </summary>
internal sealed class AssignmentLines
{
    // Fewer are not worth the trouble.
    private const int LeastLines = 64;

    private const int LongestKey = 64;

    private readonly byte[] _text;
    private readonly int _start;
    private readonly int _end;
    private readonly int _indentation;

    private AssignmentLines(byte[] text, int start, int end, int indentation, int firstEntry, int lines)
    {
        _text = text;
        _start = start;
        _end = end;
        _indentation = indentation;
        FirstEntryLine = firstEntry;
        Cut = new CutLines(firstEntry, lines);
    }

    /// <summary>Called for each entry.</summary>
    /// <param name="line">From 1.</param>
    /// <param name="column">From 1.</param>
    /// <param name="serverColumn">From 1.</param>
    public delegate void EntryReader(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> server, int line, int column, int serverColumn);

    /// <summary>The line of the entry before the lines, which the parser gets.</summary>
    public int FirstEntryLine { get; }

    /// <summary>The column of its key.</summary>
    public int FirstEntryColumn => _indentation + 1;

    /// <summary>Which lines the parser does not get.</summary>
    public CutLines Cut { get; }

    /// <summary>The text without the lines.</summary>
    public byte[] Remainder => [.. _text.AsSpan(0, _start), .. _text.AsSpan(_end)];

    /// <summary>Finds the lines; null where there are none or few.</summary>
    /// <param name="text">UTF-8.</param>
    public static AssignmentLines? Find(byte[] text)
    {
        var header = HeaderEnd(text);
        if (header < 0 || header >= text.Length)
        {
            return null;
        }

        var line = text.AsSpan(0, header).Count((byte)'\n') + 1;
        var position = header;
        while (position < text.Length && IsBlank(LineAt(text, position)))
        {
            position += LineAt(text, position).Length + 1;
            line++;
        }

        var first = position < text.Length ? LineAt(text, position) : default;
        var indentation = IndentationOf(first);
        if (indentation == 0 || !TryParse(first, indentation, out _, out _))
        {
            return null;
        }

        var start = position + first.Length + 1;
        var (end, lines, lastEnd, lastLines, known) = (start, 0, start, 0, 0);
        for (position = start, known = 0; position < text.Length;)
        {
            var content = LineAt(text, position);
            if (!IsBlank(content))
            {
                if (!TryParse(content, indentation, out _, out _))
                {
                    // What is indented more belongs to the entry before it.
                    (end, lines) = IndentationOf(content) > indentation ? (lastEnd, lastLines) : (end, lines);
                    break;
                }

                (lastEnd, lastLines) = (end, lines);
                (end, lines) = (Math.Min(position + content.Length + 1, text.Length), known + 1);
            }

            position += content.Length + 1;
            known++;
        }

        return lines < LeastLines ? null : new AssignmentLines(text, start, end, indentation, line, lines);
    }

    /// <summary>Reads all entries in order.</summary>
    public void Read(EntryReader read)
    {
        var line = FirstEntryLine;
        for (var position = _start; position < _end;)
        {
            line++;
            var content = LineAt(_text, position);
            if (TryParse(content, _indentation, out var prefix, out var server))
            {
                read(content[prefix], content[server], line, _indentation + 1, server.Start.Value + 1);
            }

            position += content.Length + 1;
        }
    }

    // What follows the line "assignments:" at the start of a line; -1 for none.
    private static int HeaderEnd(ReadOnlySpan<byte> text)
    {
        var header = "assignments:"u8;
        for (var position = 0; position < text.Length;)
        {
            var found = text[position..].IndexOf(header);
            if (found < 0)
            {
                return -1;
            }

            var start = position + found;
            position = start + header.Length;
            var rest = LineAt(text, position);
            if ((start == 0 || text[start - 1] == (byte)'\n') && IsBlank(rest))
            {
                return position + rest.Length + 1;
            }
        }

        return -1;
    }

    private static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> text, int position)
    {
        var rest = text[position..];
        var length = rest.IndexOf((byte)'\n');
        return length < 0 ? rest : rest[..length];
    }

    private static int IndentationOf(ReadOnlySpan<byte> line)
    {
        var indentation = line.IndexOfAnyExcept((byte)' ');
        return indentation < 0 ? line.Length : indentation;
    }

    // Nothing, or a comment.
    private static bool IsBlank(ReadOnlySpan<byte> line)
    {
        var content = line[IndentationOf(line)..];
        return IsEnd(content) || (content[0] == (byte)'#' && IsPlain(content));
    }

    private static bool IsEnd(ReadOnlySpan<byte> rest) => rest.IsEmpty || rest is [(byte)'\r'];

    // Other characters may break lines or be refused, which is for the parser to say.
    private static bool IsPlain(ReadOnlySpan<byte> comment) =>
        (comment[^1] == (byte)'\r' ? comment[..^1] : comment).IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0;

    private static bool TryParse(ReadOnlySpan<byte> line, int indentation, out Range prefix, out Range server)
    {
        (prefix, server) = (default, default);
        if (line.Length <= indentation || IndentationOf(line) != indentation || !TryParseKey(line, indentation, out prefix, out var position))
        {
            return false;
        }

        var start = position + IndentationOf(line[position..]);
        var end = start;
        while (end < line.Length && (char.IsAsciiLetterOrDigit((char)line[end]) || (end > start && line[end] is (byte)'-' or (byte)'.' or (byte)'_')))
        {
            end++;
        }

        server = start..end;
        if (start == position || end == start || line[server].SequenceEqual("null"u8))
        {
            return false;
        }

        var blank = IndentationOf(line[end..]);
        var rest = line[(end + blank)..];
        return IsEnd(rest) || (blank > 0 && rest[0] == (byte)'#' && IsPlain(rest));
    }

    // A prefix, in quotes or without, and its colon.
    private static bool TryParseKey(ReadOnlySpan<byte> line, int start, out Range prefix, out int position)
    {
        var quote = line[start] is (byte)'"' or (byte)'\'' ? line[start] : (byte)0;
        var first = quote == 0 ? start : start + 1;
        position = first;
        while (position < line.Length && (char.IsAsciiHexDigit((char)line[position]) || line[position] is (byte)'.' or (byte)':' or (byte)'/'))
        {
            position++;
        }

        var end = quote == 0 ? position - 1 : position;
        prefix = first..Math.Max(end, first);
        if (end <= first || end - first > LongestKey || (quote == 0 && !char.IsAsciiHexDigit((char)line[first])))
        {
            return false;
        }

        position += quote == 0 ? 0 : 2;
        return position < line.Length && line[position - 1] == (byte)':' && (quote == 0 || line[end] == quote);
    }
}
