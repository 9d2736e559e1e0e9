// Cuts one line into words as a master-file reader does, so that record data can be parsed without one.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Tests;

/// <summary>The words of one line; line 1, columns from 1.</summary>
internal sealed class RecordWords
{
    private readonly byte[] _text;
    private readonly TextToken[] _tokens;

    public RecordWords(string line)
    {
        _text = Encoding.Latin1.GetBytes(line);
        _tokens = Split(_text);
    }

    public RecordTextReader Reader(DomainName origin = default) =>
        new(_text, _tokens, origin, new TextPosition(1, _text.Length + 1));

    public static RecordData Parse(RecordType type, string line)
    {
        var reader = new RecordWords(line).Reader();
        return RecordTypes.ParseData(type, ref reader) ?? throw new FormatException($"{type} {line}: {reader.Error}");
    }

    /// <summary>The first fault in the data, or null.</summary>
    public static string? FindFault(RecordType type, string line)
    {
        var reader = new RecordWords(line).Reader();
        RecordTypes.ParseData(type, ref reader);
        return reader.Error;
    }

    private static TextToken[] Split(ReadOnlySpan<byte> text)
    {
        var tokens = new List<TextToken>();
        var position = 0;
        while (position < text.Length)
        {
            if (text[position] == (byte)' ')
            {
                position++;
                continue;
            }

            var isQuoted = text[position] == (byte)'"';
            var start = isQuoted ? position + 1 : position;
            position = start;

            // A quote also ends a word that is not in quotes, as in key="a b".
            while (position < text.Length && text[position] != (byte)'"' && (isQuoted || text[position] != (byte)' '))
            {
                position = Math.Min(text.Length, position + (text[position] == (byte)'\\' ? 2 : 1));
            }

            tokens.Add(new TextToken(start, position - start, isQuoted, new TextPosition(1, start + 1)));
            position += isQuoted ? 1 : 0;
        }

        return [.. tokens];
    }
}
