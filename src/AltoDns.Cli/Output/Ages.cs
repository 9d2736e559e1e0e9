// Times and periods in tables.

using AltoDns.Zones.Configuration;

namespace AltoDns.Cli.Output;

internal static class Ages
{
    /// <summary>A period in its two greatest units, such as <c>3d4h</c>: what is long ago need not be told to the second.</summary>
    public static string Of(long seconds)
    {
        var period = TimeSpan.FromSeconds(seconds);
        return Words.Of(period.TotalDays >= 1 ? TimeSpan.FromHours(Math.Floor(period.TotalHours))
            : period.TotalHours >= 1 ? TimeSpan.FromMinutes(Math.Floor(period.TotalMinutes))
            : period);
    }

    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'");
}
