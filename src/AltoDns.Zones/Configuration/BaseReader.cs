// Reads the base section: the master files, or the primaries, that have the records that exist already.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

/// <param name="zones">Null where the zones are not known, so that nothing can be said about them.</param>
internal sealed class BaseReader(ZoneIndex? zones, PolicyContext context)
{
    private static readonly NodeShape Shape = new("'base'", "a zone file, a primary or a map from zone to either", "base: isp1-ptr.zone");

    private readonly List<(IPPrefix Prefix, BaseZoneDocument Document)> _reverse = [];
    private readonly List<BaseZoneDocument> _forward = [];

    /// <summary>Reads one file or primary for all zones, or a map from zone to file or primary.</summary>
    /// <param name="all">The origins of all zones of the policy, which one primary has.</param>
    public IReadOnlyList<BaseZoneDocument> Read(YamlNode node, IReadOnlyList<DomainName> all)
    {
        if (BaseTransferReader.IsTransfer(node))
        {
            return BaseTransferReader.Read(node, context.Problems) is { } transfer
                ? [.. all.Select(origin => new BaseZoneDocument("", origin, node.Position) { Transfer = transfer })]
                : [];
        }

        if (node is not YamlMap map)
        {
            return Shape.TryReadText(node, context.Problems, out var path) && context.CanRead(path, "zone file")
                ? [new BaseZoneDocument(context.Resolve(path.Text), Origin: null, path.Position)]
                : [];
        }

        foreach (var (key, value) in map.Entries)
        {
            if (NameText.IsForwardZone(key.Text))
            {
                ReadForward(key, value);
            }
            else
            {
                ReadReverse(key, value);
            }
        }

        var reverse = ZoneIndex.RejectOverlap(
            _reverse, entry => entry.Prefix, entry => entry.Document.Position, "The base of", context.Problems);

        // A file may hold several zones; each transfer is of one.
        return
        [
            .. reverse.SelectMany(entry => ReverseZone.Covering(entry.Prefix)
                .Take(entry.Document.Transfer is null ? 1 : int.MaxValue)
                .Select(part => entry.Document with { Origin = part.Origin })),
            .. _forward,
        ];
    }

    /// <summary>Whether an entry of the map is for a zone, or for one of those that a zone off the label boundary becomes.</summary>
    public static bool IsFor(YamlEntry entry, IPPrefix zone) =>
        IPPrefix.TryParse(entry.Key.Text, out var prefix) == PrefixError.None && zone.Contains(prefix);

    /// <summary>Whether an entry of the map is for a forward zone.</summary>
    public static bool IsFor(YamlEntry entry, DomainName zone) =>
        NameText.IsForwardZone(entry.Key.Text) && NameText.TryReadForwardZone(entry.Key, new ProblemList(), out var name) && name == zone;

    private void ReadReverse(YamlScalar key, YamlNode value)
    {
        if (!(PrefixText.TryRead(key.Text, key.Position, context.Problems, out var prefix) & TryReadSource(key, value, out var source)))
        {
            return;
        }

        var isZone = zones is null
            || (zones.TryFindEnclosing(prefix, out var zone)
                && (zone.Value == prefix || ReverseZone.Covering(zone.Value).Any(part => part.Prefix == prefix)));
        if (isZone)
        {
            _reverse.Add((prefix, source));
            return;
        }

        context.Error(key.Position, $"The base of {prefix} is for none of the zones.", "List the prefix under 'zones', or correct it.");
    }

    private void ReadForward(YamlScalar key, YamlNode value)
    {
        if (!(NameText.TryReadForwardZone(key, context.Problems, out var name) & TryReadSource(key, value, out var source)))
        {
            return;
        }

        if (zones?.HasForward(name) == false)
        {
            context.Error(key.Position, $"The base of {name} is for none of the zones.", "List the name under 'zones', or correct it.");
        }
        else if (_forward.Find(other => other.Origin == name) is { } earlier)
        {
            context.Error(key.Position, $"The base of {name} is already given at {earlier.Position}.", "Keep one of the two.");
        }
        else
        {
            _forward.Add(source with { Origin = name });
        }
    }

    private bool TryReadSource(YamlScalar key, YamlNode value, out BaseZoneDocument source)
    {
        source = new BaseZoneDocument("", null, key.Position);
        if (BaseTransferReader.IsTransfer(value))
        {
            var transfer = BaseTransferReader.Read(value, context.Problems);
            source = source with { Transfer = transfer };
            return transfer is not null;
        }

        var shape = new NodeShape($"The base of {PrefixText.Excerpt(key.Text)}", "a zone file", $"{PrefixText.Excerpt(key.Text)}: isp1-ptr.zone");
        if (!shape.TryReadText(value, context.Problems, out var text) || !context.CanRead(text, "zone file"))
        {
            return false;
        }

        source = source with { Path = context.Resolve(text.Text) };
        return true;
    }
}
