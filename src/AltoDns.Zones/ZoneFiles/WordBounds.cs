// Finds where words and quoted strings of a master file end, escapes passed over (RFC 1035 §5.1).

using System.Buffers;
using System.Runtime.CompilerServices;

namespace AltoDns.Zones.ZoneFiles;

internal static class WordBounds
{
    private const long WordEnds =
        1L | 1L << '\t' | 1L << '\n' | 1L << '\r' | 1L << ' ' | 1L << '"' | 1L << '(' | 1L << ')' | 1L << ';';

    private static readonly SearchValues<byte> QuotedEnds = SearchValues.Create("\"\n\\\0"u8);

    /// <summary>The offset after the word, or -1 where the text ends first.</summary>
    /// <param name="isFinal">Whether the end of the text ends the word too.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int FindWordEnd(ReadOnlySpan<byte> text, int position, bool isFinal)
    {
        while (true)
        {
            while (position < text.Length && !EndsWord(text[position]))
            {
                position++;
            }

            if (position == text.Length)
            {
                return isFinal ? position : -1;
            }

            if (text[position] != (byte)'\\')
            {
                return position;
            }

            if (++position == text.Length)
            {
                return isFinal ? position : -1;
            }

            // An escape never reaches over the end of the line.
            position += text[position] is (byte)'\n' or (byte)'\r' ? 0 : 1;
        }
    }

    /// <summary>The offset of the closing quote, or of the line end or NUL that comes before it, or -1 where the text ends first.</summary>
    public static int FindClosingQuote(ReadOnlySpan<byte> text, int position)
    {
        while (true)
        {
            var length = text[position..].IndexOfAny(QuotedEnds);
            if (length < 0)
            {
                return -1;
            }

            position += length;
            if (text[position] != (byte)'\\')
            {
                return position;
            }

            if (++position == text.Length)
            {
                return -1;
            }

            position += text[position] == (byte)'\n' ? 0 : 1;
        }
    }

    /// <summary>Whether the octet is one of <c>NUL TAB LF CR SP " ( ) ; \</c>.</summary>
    private static bool EndsWord(byte octet) => octet switch
    {
        <= (byte)';' => ((1L << octet) & WordEnds) != 0,
        _ => octet == (byte)'\\',
    };
}
