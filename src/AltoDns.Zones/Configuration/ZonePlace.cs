// Says why a prefix has no place in a policy's zones.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Configuration;

internal static class ZonePlace
{
    /// <summary>Notes a prefix that lies in no zone, and that the zones are of the other family where they are.</summary>
    /// <param name="noun">What the prefix is, as the start of a sentence: <c>Assignment</c>.</param>
    public static void ReportOutside(string noun, IPPrefix prefix, SourcePosition position, ZoneIndex zones, ProblemList problems)
    {
        var (family, other) = prefix.IsIPv6 ? ("IPv6", "IPv4") : ("IPv4", "IPv6");
        if (zones.Has(prefix.IsIPv6) || !zones.Has(!prefix.IsIPv6))
        {
            problems.Error(position, $"{noun} {prefix} lies in none of the zones.", "Correct it, or list its zone under 'zones'.");
            return;
        }

        problems.Error(position, $"{noun} {prefix} is {family}, but every zone here is {other}.", $"Correct it, or list an {family} zone under 'zones'.");
    }
}
