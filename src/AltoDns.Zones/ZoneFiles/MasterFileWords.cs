// Words of master files that are not record data: classes, types, and how words are shown in problems.

using System.Buffers.Text;
using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.ZoneFiles;

internal static class MasterFileWords
{
    private const int LongestQuote = 80;

    /// <summary>Reads IN, CH, CS, HS, NONE, ANY, or CLASS and a number (RFC 3597 §5), in either case.</summary>
    public static bool TryReadClass(ReadOnlySpan<byte> word, out RecordClass recordClass)
    {
        recordClass = default;
        switch (word.Length)
        {
            case 2 when Ascii.EqualsIgnoreCase(word, "IN"u8):
                recordClass = RecordClass.Internet;
                return true;
            case 2 when Ascii.EqualsIgnoreCase(word, "CH"u8):
                recordClass = RecordClass.Chaos;
                return true;
            case 2 when Ascii.EqualsIgnoreCase(word, "HS"u8):
                recordClass = RecordClass.Hesiod;
                return true;
            case 3 when Ascii.EqualsIgnoreCase(word, "ANY"u8):
                recordClass = RecordClass.Any;
                return true;
            case 4 when Ascii.EqualsIgnoreCase(word, "NONE"u8):
                recordClass = RecordClass.None;
                return true;
            case > 5 when Ascii.EqualsIgnoreCase(word[..5], "CLASS"u8)
                && Utf8Parser.TryParse(word[5..], out ushort number, out var consumed) && consumed == word.Length - 5:
                recordClass = (RecordClass)number;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Reads a mnemonic, or TYPE and a number (RFC 3597 §5), in either case.</summary>
    public static bool TryReadType(ReadOnlySpan<byte> word, out RecordType type)
    {
        type = default;
        Span<char> characters = stackalloc char[32];
        return word.Length <= characters.Length
            && RecordTypes.TryParseMnemonic(characters[..Encoding.Latin1.GetChars(word, characters)], out type);
    }

    /// <summary>Resolves <c>\X</c> and <c>\DDD</c>; false at a bad escape.</summary>
    public static bool TryUnescape(ReadOnlySpan<byte> word, out byte[] octets)
    {
        var text = new Protocol.Presentation.RecordTextReader(
            word, [new Protocol.Presentation.TextToken(0, word.Length, IsQuoted: true, default)], default, default);
        octets = text.ReadString("word");
        return !text.Failed;
    }

    /// <summary>A word as shown in a problem: its start, on one line, nothing in it that a terminal would obey.</summary>
    public static string Quote(ReadOnlySpan<byte> word) =>
        Printable(Encoding.UTF8.GetString(word.Length > LongestQuote ? word[..LongestQuote] : word)) + (word.Length > LongestQuote ? "…" : "");

    /// <summary>Makes two sentences of a fault and its remedy, which a semicolon divides.</summary>
    public static (string Fault, string Remedy) SplitFault(string text)
    {
        text = Printable(text);
        var divide = text.LastIndexOf("; ", StringComparison.Ordinal);
        return divide < 0
            ? (text + ".", "Correct it.")
            : (text[..divide] + ".", Capitalize(text[(divide + 2)..]) + ".");
    }

    /// <summary>The text with its first letter in upper case.</summary>
    public static string Capitalize(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Printable(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\u001F') || text.AsSpan().ContainsAnyInRange('\u007F', '\u009F')
            ? string.Create(text.Length, text, static (result, source) =>
            {
                for (var i = 0; i < source.Length; i++)
                {
                    result[i] = char.IsControl(source[i]) ? '?' : source[i];
                }
            })
            : text;
}
