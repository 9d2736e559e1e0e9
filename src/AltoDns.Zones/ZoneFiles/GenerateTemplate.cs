// The pattern language of $GENERATE, as BIND documents it: where the running value stands, and how it is written there.

using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>The values that $GENERATE runs through: start, start + step, … up to stop, all from 0 to 2^31 - 1.</summary>
internal readonly record struct GenerateRange(int Start, int Stop, int Step)
{
    /// <summary>The most records of one directive: the addresses of an IPv4 /8.</summary>
    public const int MaxRecords = 1 << 24;

    /// <summary>Reads <c>start-stop</c> or <c>start-stop/step</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out GenerateRange range, [NotNullWhen(false)] out string? fault)
    {
        range = default;
        if (!TryReadNumber(ref text, out var start) || !TryReadSign(ref text, (byte)'-') || !TryReadNumber(ref text, out var stop))
        {
            fault = "is not a range";
            return false;
        }

        var step = 1;
        if (!text.IsEmpty && (!TryReadSign(ref text, (byte)'/') || !TryReadNumber(ref text, out step) || !text.IsEmpty || step == 0))
        {
            fault = "has no step of at least 1 after a slash";
            return false;
        }

        if (start > stop)
        {
            fault = "ends before it starts";
            return false;
        }

        if (((long)stop - start) / step >= MaxRecords)
        {
            fault = $"makes more than {MaxRecords} records";
            return false;
        }

        range = new GenerateRange(start, stop, step);
        fault = null;
        return true;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        if (text is not [>= (byte)'0' and <= (byte)'9', ..] || !Utf8Parser.TryParse(text, out number, out var consumed))
        {
            return false;
        }

        text = text[consumed..];
        return true;
    }

    private static bool TryReadSign(ref ReadOnlySpan<byte> text, byte sign)
    {
        if (!text.StartsWith(sign))
        {
            return false;
        }

        text = text[1..];
        return true;
    }
}

/// <summary>
/// Text with places for the value: <c>$</c>, or <c>${offset[,width[,base]]}</c> with base d, o, x, X, or n and N for
/// reversed nibble labels; <c>$$</c> and <c>\$</c> are a dollar sign.
/// </summary>
internal sealed class GenerateTemplate
{
    public const string Remedy = "Write $ or ${OFFSET[,WIDTH[,BASE]]} with a base of d, o, x, X, n or N; write a dollar sign as \\$.";

    /// <summary>The most octets a value may be padded to.</summary>
    public const int MaxWidth = 255;

    private readonly List<Piece> _pieces = [];

    private GenerateTemplate()
    {
    }

    /// <summary>Reads a template from a word of the directive.</summary>
    /// <param name="text">As written; escapes stay in place for the reader of the name or data.</param>
    /// <param name="isQuoted">Whether the word stood in quotes; then <c>\"</c> is a quote of the data.</param>
    /// <param name="fault">What is wrong, to follow "the owner" or "the data".</param>
    public static bool TryParse(ReadOnlySpan<byte> text, bool isQuoted, [NotNullWhen(true)] out GenerateTemplate? template, [NotNullWhen(false)] out string? fault)
    {
        template = null;
        fault = null;
        var parsed = new GenerateTemplate();
        var literal = new ArrayBufferWriter<byte>();
        for (var position = 0; position < text.Length;)
        {
            var rest = text[position..];
            switch (rest)
            {
                case [(byte)'\\', (byte)'"', ..] when isQuoted:
                    literal.Write("\""u8);
                    position += 2;
                    break;
                case [(byte)'\\', _, ..]:
                    literal.Write(rest[..2]);
                    position += 2;
                    break;
                case [(byte)'$', (byte)'$', ..]:
                    literal.Write("\\$"u8);
                    position += 2;
                    break;
                case [(byte)'$', (byte)'{', ..]:
                    var length = rest.IndexOf((byte)'}') + 1;
                    if (length == 0 || !TryParsePlace(rest[2..(length - 1)], out var place))
                    {
                        fault = length == 0 ? "has a '${' that no '}' closes" : $"has no value form in '{MasterFileWords.Quote(rest[..length])}'";
                        return false;
                    }

                    parsed.AddLiteral(literal);
                    parsed._pieces.Add(place);
                    position += length;
                    break;
                case [(byte)'$', ..]:
                    parsed.AddLiteral(literal);
                    parsed._pieces.Add(new Piece(null, 0, 0, (byte)'d'));
                    position++;
                    break;
                default:
                    literal.Write(rest[..1]);
                    position++;
                    break;
            }
        }

        parsed.AddLiteral(literal);
        template = parsed;
        return true;
    }

    /// <summary>Appends the text for one value; false where value and offset leave the range of the form.</summary>
    public bool TryExpand(int value, IBufferWriter<byte> output)
    {
        foreach (var piece in _pieces)
        {
            if (piece.Literal is { } literal)
            {
                output.Write(literal);
            }
            else if (!TryAppend((long)value + piece.Offset, piece, output))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryParsePlace(ReadOnlySpan<byte> text, out Piece place)
    {
        place = default;
        var radix = (byte)'d';
        Span<Range> fields = stackalloc Range[4];
        var count = 0;
        foreach (var field in text.Split((byte)','))
        {
            if (count == 3)
            {
                return false;
            }

            fields[count++] = field;
        }

        if (!int.TryParse(text[fields[0]], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        var width = 0;
        if (count > 1 && (!int.TryParse(text[fields[1]], NumberStyles.None, CultureInfo.InvariantCulture, out width) || width > MaxWidth))
        {
            return false;
        }

        if (count > 2)
        {
            if (text[fields[2]] is not [(byte)'d' or (byte)'o' or (byte)'x' or (byte)'X' or (byte)'n' or (byte)'N'])
            {
                return false;
            }

            radix = text[fields[2]][0];
        }

        place = new Piece(null, offset, width, radix);
        return true;
    }

    private static bool TryAppend(long value, Piece piece, IBufferWriter<byte> output)
    {
        if (value is < int.MinValue or > int.MaxValue)
        {
            return false;
        }

        var digits = output.GetSpan(MaxWidth + 32);
        var written = 0;
        switch (piece.Radix)
        {
            case (byte)'n' or (byte)'N' when value < 0:
                return false;
            case (byte)'n' or (byte)'N':
                written = WriteNibbles((uint)value, piece, digits);
                break;
            case (byte)'d':
                WritePadded(value < 0, value.ToString("D", CultureInfo.InvariantCulture).AsSpan(value < 0 ? 1 : 0), piece.Width, digits, out written);
                break;
            default:
                // Octal and hexadecimal show a negative value as its 32-bit pattern, as printf does.
                var text = piece.Radix == (byte)'o'
                    ? Convert.ToString((int)value, toBase: 8)
                    : ((int)value).ToString(piece.Radix == (byte)'x' ? "x" : "X", CultureInfo.InvariantCulture);
                WritePadded(isNegative: false, text, piece.Width, digits, out written);
                break;
        }

        output.Advance(written);
        return true;
    }

    private static void WritePadded(bool isNegative, ReadOnlySpan<char> digits, int width, Span<byte> output, out int written)
    {
        written = 0;
        if (isNegative)
        {
            output[written++] = (byte)'-';
        }

        for (var padding = width - written - digits.Length; padding > 0; padding--)
        {
            output[written++] = (byte)'0';
        }

        foreach (var digit in digits)
        {
            output[written++] = (byte)digit;
        }
    }

    // The least significant nibble comes first, as in ip6.arpa; the width counts the dots between.
    private static int WriteNibbles(uint value, Piece piece, Span<byte> output)
    {
        var digits = piece.Radix == (byte)'n' ? "0123456789abcdef"u8 : "0123456789ABCDEF"u8;
        var written = 0;
        do
        {
            output[written++] = digits[(int)(value & 0xF)];
            value >>= 4;
            if (value != 0 || written < piece.Width)
            {
                output[written++] = (byte)'.';
            }
        }
        while (value != 0 || written < piece.Width);

        return written;
    }

    private void AddLiteral(ArrayBufferWriter<byte> literal)
    {
        if (literal.WrittenCount > 0)
        {
            _pieces.Add(new Piece(literal.WrittenSpan.ToArray(), 0, 0, 0));
            literal.ResetWrittenCount();
        }
    }

    /// <summary>Literal text, or a place for the value.</summary>
    private readonly record struct Piece(byte[]? Literal, int Offset, int Width, byte Radix);
}
