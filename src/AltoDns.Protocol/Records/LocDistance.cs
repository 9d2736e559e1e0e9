// A length in a LOC record: one digit and a power of ten, in one octet (RFC 1876 §2).

using System.Buffers.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>0 to 90,000,000 m; lengths with more than one significant digit are cut down to it.</summary>
/// <param name="Encoded">The digit in the upper four bits, the power of ten of centimetres in the lower four; both 0 to 9; zero is 0.</param>
public readonly record struct LocDistance(byte Encoded)
{
    private const long MaxCentimetres = 9_000_000_000;

    public long Centimetres
    {
        get
        {
            long value = Encoded >> 4;
            for (var i = 0; i < (Encoded & 0xF); i++)
            {
                value *= 10;
            }

            return value;
        }
    }

    /// <param name="centimetres">0 to 9,000,000,000.</param>
    public static LocDistance FromCentimetres(long centimetres)
    {
        var power = 0;
        while (centimetres > 9)
        {
            centimetres /= 10;
            power++;
        }

        return new LocDistance((byte)(centimetres << 4 | (long)power));
    }

    /// <summary>Metres, with centimetres where there are any.</summary>
    public override string ToString() =>
        Centimetres % 100 == 0 ? $"{Centimetres / 100}m" : $"{Centimetres / 100}.{Centimetres % 100:D2}m";

    internal static bool TryRead(ref WireReader reader, out LocDistance distance)
    {
        distance = default;
        var attempt = reader;
        if (!attempt.TryReadUInt8(out var encoded) || encoded >> 4 > 9 || (encoded & 0xF) > 9 || encoded is > 0 and < 0x10)
        {
            return false;
        }

        distance = new LocDistance(encoded);
        reader = attempt;
        return true;
    }

    internal static LocDistance Parse(ref RecordTextReader text, string field)
    {
        var word = text.ReadWord(field);
        if (!TryParseMetres(word, out var centimetres) || centimetres is < 0 or > MaxCentimetres)
        {
            text.Fail($"the {field} '{RecordTextReader.Quote(word)}' is malformed; write metres from 0 to 90000000.00 (RFC 1876 §3)");
            return default;
        }

        return FromCentimetres(centimetres);
    }

    /// <summary>Reads metres with at most two decimals and perhaps an <c>m</c>.</summary>
    internal static bool TryParseMetres(ReadOnlySpan<byte> word, out long centimetres) =>
        TryParseFixed(word is [.., (byte)'m'] ? word[..^1] : word, 2, out centimetres);

    /// <summary>Reads a decimal number as an integer of its last permitted place: with 2 decimals, <c>1.5</c> is 150.</summary>
    internal static bool TryParseFixed(ReadOnlySpan<byte> word, int decimals, out long value)
    {
        value = 0;
        var point = word.IndexOf((byte)'.');
        var fraction = point < 0 ? default : word[(point + 1)..];
        var whole = point < 0 ? word : word[..point];
        var isNegative = whole is [(byte)'-', ..];
        whole = isNegative ? whole[1..] : whole;
        if (whole.Length is 0 or > 10
            || fraction.Length > decimals
            || (point >= 0 && decimals == 0)
            || !IsDigits(whole)
            || !IsDigits(fraction)
            || !Utf8Parser.TryParse(whole, out value, out _))
        {
            return false;
        }

        for (var i = 0; i < decimals; i++)
        {
            value = value * 10 + (i < fraction.Length ? fraction[i] - '0' : 0);
        }

        value = isNegative ? -value : value;
        return true;
    }

    private static bool IsDigits(ReadOnlySpan<byte> word) => !word.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
