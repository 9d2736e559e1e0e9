// TTLs as people write them: seconds, or numbers with units as BIND reads them.

namespace AltoDns.Protocol.Presentation;

/// <summary>Durations of whole seconds, 0 to 2^31 - 1 (RFC 2181 §8).</summary>
public static class TimeToLive
{
    /// <summary>The longest duration, in seconds.</summary>
    public const uint Maximum = int.MaxValue;

    /// <summary>Reads seconds (<c>3600</c>) or numbers each with a unit of w, d, h, m or s in either case (<c>1h30m</c>).</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out uint seconds)
    {
        seconds = 0;
        ulong total = 0;
        ulong number = 0;
        var hasDigits = false;
        foreach (var character in text)
        {
            if (char.IsAsciiDigit((char)character))
            {
                number = number * 10 + character - '0';
                hasDigits = true;
                if (number > Maximum)
                {
                    return false;
                }

                continue;
            }

            uint unit = (character | 0x20) switch
            {
                'w' => 604_800,
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                _ => 0,
            };
            if (unit == 0 || !hasDigits)
            {
                return false;
            }

            total += number * unit;
            number = 0;
            hasDigits = false;
        }

        total += number;
        if (text.IsEmpty || total > Maximum)
        {
            return false;
        }

        seconds = (uint)total;
        return true;
    }
}
