// Backslash escapes of master files: \X for a character, \DDD for an octet (RFC 1035 §5.1).

using System.Globalization;
using System.Text;

namespace AltoDns.Protocol.Presentation;

internal static class CharacterEscapes
{
    /// <summary>Reads one octet, escaped or not, and moves past it; false, and no move, at a bad escape.</summary>
    public static bool TryReadOctet(ReadOnlySpan<byte> text, ref int position, out byte octet)
    {
        octet = text[position];
        if (octet != (byte)'\\')
        {
            position++;
            return true;
        }

        var rest = text[(position + 1)..];
        if (rest.IsEmpty)
        {
            return false;
        }

        if (!char.IsAsciiDigit((char)rest[0]))
        {
            octet = rest[0];
            position += 2;
            return true;
        }

        if (rest.Length < 3 || !char.IsAsciiDigit((char)rest[1]) || !char.IsAsciiDigit((char)rest[2]))
        {
            return false;
        }

        var value = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + rest[2] - '0';
        if (value > byte.MaxValue)
        {
            return false;
        }

        octet = (byte)value;
        position += 4;
        return true;
    }

    /// <summary>Appends an octet of a label so that every master-file reader takes it back as it was.</summary>
    public static void AppendLabelOctet(StringBuilder text, byte octet)
    {
        switch (octet)
        {
            case (byte)'.' or (byte)'\\' or (byte)'"' or (byte)';' or (byte)'(' or (byte)')' or (byte)'@' or (byte)'$':
                text.Append('\\').Append((char)octet);
                break;
            case > 0x20 and < 0x7F:
                text.Append((char)octet);
                break;
            default:
                AppendDecimal(text, octet);
                break;
        }
    }

    /// <summary>Appends an octet of a quoted character-string.</summary>
    public static void AppendQuotedOctet(StringBuilder text, byte octet)
    {
        switch (octet)
        {
            case (byte)'"' or (byte)'\\':
                text.Append('\\').Append((char)octet);
                break;
            case >= 0x20 and < 0x7F:
                text.Append((char)octet);
                break;
            default:
                AppendDecimal(text, octet);
                break;
        }
    }

    private static void AppendDecimal(StringBuilder text, byte octet) =>
        text.Append(CultureInfo.InvariantCulture, $"\\{octet:D3}");
}
