// Reads the zones section: prefixes of the reverse tree, and names of forward zones.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

/// <summary>The zones of one policy; of use also where the rest of the file has errors. Used once.</summary>
internal sealed class ZonesReader(ProblemList problems)
{
    private static readonly NodeShape Shape = new("'zones'", "a prefix or a list of prefixes", "zones: [192.0.2.0/24, 2001:db8:1::/48]");

    /// <summary>Prefixes without overlap, in the order of the file.</summary>
    public IReadOnlyList<Positioned<IPPrefix>> Reverse { get; private set; } = [];

    /// <summary>Names, none twice, in the order of the file.</summary>
    public IReadOnlyList<Positioned<DomainName>> Forward { get; private set; } = [];

    /// <summary>The names of all zones that these are published in.</summary>
    public IReadOnlyList<DomainName> Origins =>
        [.. Reverse.SelectMany(zone => ReverseZone.Covering(zone.Value)).Select(zone => zone.Origin), .. Forward.Select(zone => zone.Value)];

    /// <summary>Reads the section; null where a zone has a fault: what lies in no zone might lie in that one.</summary>
    public ZoneIndex? Read(YamlNode node)
    {
        var reverse = new List<Positioned<IPPrefix>>();
        var forward = new List<Positioned<DomainName>>();
        var items = NodeShape.Items(node);
        foreach (var item in items)
        {
            if (!Shape.TryReadText(item, problems, out var text))
            {
                continue;
            }

            if (NameText.IsForwardZone(text.Text))
            {
                if (NameText.TryReadForwardZone(text, problems, out var name))
                {
                    forward.Add(new Positioned<DomainName>(name, text.Position));
                }
            }
            else if (HasLength(text) && PrefixText.TryRead(text.Text, text.Position, problems, out var prefix))
            {
                reverse.Add(new Positioned<IPPrefix>(prefix, text.Position));
            }
        }

        Reverse = ZoneIndex.RejectOverlap(reverse, zone => zone.Value, zone => zone.Position, "Zone", problems);
        Forward = RejectDuplicates(forward, problems);
        RejectNested();
        return reverse.Count + forward.Count == items.Count ? new ZoneIndex(Reverse, Forward) : null;
    }

    /// <summary>Notes each name that was read before.</summary>
    /// <returns>The others, in the order read.</returns>
    public static IReadOnlyList<Positioned<DomainName>> RejectDuplicates(IEnumerable<Positioned<DomainName>> zones, ProblemList problems)
    {
        var first = new Dictionary<DomainName, SourcePosition>();
        var kept = new List<Positioned<DomainName>>();
        foreach (var zone in zones)
        {
            if (first.TryAdd(zone.Value, zone.Position))
            {
                kept.Add(zone);
            }
            else
            {
                problems.Error(zone.Position, $"Zone {zone.Value} is already given at {first[zone.Value]}.", "Keep one of the two.");
            }
        }

        return kept;
    }

    // The base records of one policy go to the longest zone, so the larger zone would lack the cut to the smaller (RFC 1034 §4.2.1).
    private void RejectNested()
    {
        var places = Forward.ToDictionary(zone => zone.Value, zone => zone.Position);
        foreach (var zone in Forward)
        {
            for (var name = zone.Value.Parent; !name.IsRoot; name = name.Parent)
            {
                if (places.TryGetValue(name, out var place))
                {
                    problems.Error(
                        zone.Position,
                        $"Zone {zone.Value} lies in {name}, given at {place}.",
                        "Keep the larger one, which can hold the records of both, or move one into a policy of its own.");
                    break;
                }
            }
        }
    }

    private bool HasLength(YamlScalar text)
    {
        if (text.Text.Contains('/') || IPPrefix.TryParse(text.Text, out var address) != PrefixError.None)
        {
            return true;
        }

        problems.Error(
            text.Position, $"Zone {text.Text} has no prefix length.", address.IsIPv6 ? $"Write it, as in {text.Text}/48." : $"Write it, as in {text.Text}/24.");
        return false;
    }
}
