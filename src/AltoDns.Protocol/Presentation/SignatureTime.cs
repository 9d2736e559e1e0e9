// Times of signatures: YYYYMMDDHHmmSS in UTC, or seconds since 1970 (RFC 4034 §3.2).

using System.Globalization;

namespace AltoDns.Protocol.Presentation;

/// <summary>Seconds since 1970-01-01T00:00:00Z in 32 bits: from 1970 to 2106.</summary>
public static class SignatureTime
{
    private const string Format = "yyyyMMddHHmmss";

    /// <summary>Reads 14 digits as a date and time, at most 10 digits as seconds.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out uint seconds)
    {
        seconds = 0;
        if (text.Length != Format.Length)
        {
            return text.Length <= 10 && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds);
        }

        Span<char> characters = stackalloc char[Format.Length];
        for (var i = 0; i < characters.Length; i++)
        {
            characters[i] = (char)text[i];
        }

        if (!DateTime.TryParseExact(
                characters,
                Format,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time))
        {
            return false;
        }

        var elapsed = (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        if (elapsed is < 0 or > uint.MaxValue)
        {
            return false;
        }

        seconds = (uint)elapsed;
        return true;
    }

    /// <summary>The 14-digit form.</summary>
    public static string ToString(uint seconds) =>
        DateTime.UnixEpoch.AddSeconds(seconds).ToString(Format, CultureInfo.InvariantCulture);
}
