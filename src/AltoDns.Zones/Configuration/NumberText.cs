// Reads the times and numbers of a policy.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Presentation;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal static class NumberText
{
    /// <summary>Seconds of a time such as <c>1h</c> or <c>3600</c>; <paramref name="absent"/> where the setting is absent or, which is noted, no time.</summary>
    public static uint ReadSeconds(YamlNode? node, string what, uint absent, ProblemList problems)
    {
        if (node is null || !new NodeShape(what, "a time", $"{what.Trim('\'')}: 1h").TryReadText(node, problems, out var text))
        {
            return absent;
        }

        if (TimeToLive.TryParse(Encoding.UTF8.GetBytes(text.Text), out var seconds))
        {
            return seconds;
        }

        problems.Error(
            text.Position,
            $"{what} '{PrefixText.Excerpt(text.Text)}' is not a time.",
            "Write seconds, or numbers with w, d, h, m or s such as 1h30m, at most 2147483647 s (RFC 2181 §8).");
        return absent;
    }

    /// <summary>A serial number (RFC 1982); null where the setting is absent or, which is noted, no such number.</summary>
    public static uint? ReadSerial(YamlNode? node, ProblemList problems)
    {
        if (node is null || !new NodeShape("'serial'", "a number", "serial: 2026010101").TryReadText(node, problems, out var text))
        {
            return null;
        }

        if (uint.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var serial))
        {
            return serial;
        }

        problems.Error(
            text.Position,
            $"'serial' '{PrefixText.Excerpt(text.Text)}' is not a whole number from 0 to 4294967295.",
            "Correct it, or remove it to have the files' time of change taken.");
        return null;
    }
}
