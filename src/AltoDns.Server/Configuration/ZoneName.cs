// Reads the name of a zone as a configuration has it: a domain name, or the prefix of a zone of the reverse tree.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Server.Configuration;

internal static class ZoneName
{
    /// <summary>Reads a zone's name; false, with the problem noted, where the text is none.</summary>
    public static bool TryRead(YamlScalar text, ProblemList problems, out DomainName origin)
    {
        origin = default;
        if (text.Text.Contains('/', StringComparison.Ordinal) || text.Text.Contains(':', StringComparison.Ordinal))
        {
            if (!PrefixText.TryRead(text.Text, text.Position, problems, out var prefix))
            {
                return false;
            }

            if (ReverseZone.Covering(prefix).ToList() is [var zone])
            {
                origin = zone.Origin;
                return true;
            }

            problems.Error(text.Position, $"{prefix} is several zones.", $"Name them one by one: {string.Join(", ", ReverseZone.Covering(prefix).Take(4).Select(zone => zone.Prefix))}…");
            return false;
        }

        var error = DomainName.TryParse(Encoding.UTF8.GetBytes(text.Text), DomainName.Root, out origin);
        if (error == NameError.None)
        {
            return true;
        }

        problems.Error(text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not a domain name: {error.Describe()}.", "Correct the zone's name.");
        return false;
    }
}
