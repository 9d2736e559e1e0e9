// Reads the base section: the master files with the records that exist already.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal static class BaseReader
{
    private static readonly NodeShape Shape = new("'base'", "a zone file or a map from zone to zone file", "base: isp1-ptr.zone");

    /// <summary>Reads one file for all zones, or a map from zone to file.</summary>
    /// <param name="zones">Null where the zones are not known, so that nothing can be said about them.</param>
    public static IReadOnlyList<BaseZoneDocument> Read(YamlNode node, ZoneIndex? zones, PolicyContext context)
    {
        var bases = new List<BaseZoneDocument>();
        if (node is not YamlMap map)
        {
            if (Shape.TryReadText(node, context.Problems, out var path) && context.CanRead(path, "zone file"))
            {
                bases.Add(new BaseZoneDocument(context.Resolve(path.Text), Zone: null, path.Position));
            }

            return bases;
        }

        foreach (var (key, value) in map.Entries)
        {
            var shape = new NodeShape($"The base of {key.Text}", "a zone file", $"{key.Text}: isp1-ptr.zone");
            if (PrefixText.TryRead(key.Text, key.Position, context.Problems, out var prefix)
                & shape.TryReadText(value, context.Problems, out var path)
                && context.CanRead(path!, "zone file")
                && IsZone(prefix, key, zones, context.Problems))
            {
                bases.Add(new BaseZoneDocument(context.Resolve(path!.Text), prefix, key.Position));
            }
        }

        return ZoneIndex.RejectOverlap(bases, file => file.Zone!.Value, file => file.Position, "The base of", context.Problems);
    }

    // A zone as listed, or one of those that a zone off the label boundary becomes.
    private static bool IsZone(IPPrefix prefix, YamlScalar key, ZoneIndex? zones, ProblemList problems)
    {
        if (zones is null || (zones.TryFindEnclosing(prefix, out var zone) && (zone.Value == prefix || ReverseZone.Covering(zone.Value).Any(part => part.Prefix == prefix))))
        {
            return true;
        }

        problems.Error(key.Position, $"The base of {prefix} is for none of the zones.", "List the prefix under 'zones', or correct it.");
        return false;
    }
}
