// Writes periods the way a policy has them.

namespace AltoDns.Zones.Configuration;

public static class Words
{
    /// <summary>A period of whole seconds as <c>4d16h</c>: days, hours, minutes and seconds, those that are zero left out.</summary>
    public static string Of(TimeSpan period)
    {
        var parts = new[] { (period.Days, 'd'), (period.Hours, 'h'), (period.Minutes, 'm'), (period.Seconds, 's') };
        var text = string.Concat(parts.Where(part => part.Item1 != 0).Select(part => $"{part.Item1}{part.Item2}"));
        return text.Length == 0 ? "0s" : text;
    }
}
