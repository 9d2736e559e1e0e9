// Reads a map of settings by its table: values by their rows, sections within, and what is unknown or stands twice.

using AltoDns.Zones.Configuration;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Server.Configuration;

/// <param name="table">The rows of the map and of the sections in it.</param>
internal sealed class SectionReader(IReadOnlyList<Setting> table, SettingPlace place)
{
    private readonly Dictionary<Setting, SettingValue> _values = [];
    private readonly Dictionary<string, SourcePosition> _keys = new(StringComparer.Ordinal);

    private ProblemList Problems => place.Problems;

    /// <summary>Reads a map; what is wrong in it is noted and left out.</summary>
    /// <param name="prefix">What the keys of the table's rows have before those of the map; empty, or with a dot at its end.</param>
    /// <param name="what">Whose settings these are, to start a sentence: <c>'udp'</c>.</param>
    public static SettingValues Read(YamlMap map, IReadOnlyList<Setting> table, string prefix, string what, SettingPlace place)
    {
        var reader = new SectionReader(table, place);
        reader.ReadMap(map, prefix, what);
        return new SettingValues(reader._values);
    }

    private void ReadMap(YamlMap map, string prefix, string what)
    {
        foreach (var (key, node) in map.Entries)
        {
            var full = prefix + key.Text;
            if (_keys.TryGetValue(full, out var earlier))
            {
                FieldSet.ReportDuplicate(key, earlier, Problems);
            }
            else if (table.FirstOrDefault(row => row.Key == full) is { } setting)
            {
                _keys.Add(full, key.Position);
                if (setting.Read(node, place) is { } value)
                {
                    _values.Add(setting, value);
                }
            }
            else if (table.Any(row => row.Key.StartsWith(full + ".", StringComparison.Ordinal)))
            {
                _keys.Add(full, key.Position);
                ReadSection(node, full);
            }
            else
            {
                ReportUnknown(key, prefix, what);
            }
        }
    }

    private void ReadSection(YamlNode node, string section)
    {
        var first = table.First(row => row.Key.StartsWith(section + ".", StringComparison.Ordinal));
        if (node is YamlMap map)
        {
            ReadMap(map, section + ".", $"'{section}'");
        }
        else if (node is not YamlScalar { IsNull: true })
        {
            new NodeShape($"'{section}'", "a map of settings", $"{section}: {{ {first.Name}: {first.Example} }}").Refuse(node, Problems);
        }
    }

    private void ReportUnknown(YamlScalar key, string prefix, string what)
    {
        // The keys that may stand in this map.
        var known = table.Where(row => row.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(row => row.Key[prefix.Length..].Split('.')[0])
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var elsewhere = table.FirstOrDefault(row => row.Name == key.Text) ?? table.FirstOrDefault(row => row.Key == key.Text);
        var closest = Spelling.Closest(key.Text, known);
        Problems.Error(
            key.Position,
            $"{what} has no setting '{PrefixText.Excerpt(key.Text)}'.",
            elsewhere is not null ? $"Write it as '{elsewhere.Key}': {PlaceOf(elsewhere)}."
            : closest is not null ? $"Did you mean '{closest}'?"
            : $"Its settings are {string.Join(", ", known)}.");
    }

    private static string PlaceOf(Setting setting) =>
        setting.Key.LastIndexOf('.') is var dot and > 0 ? $"'{setting.Name}' belongs in '{setting.Key[..dot]}'" : "it belongs at the top, without indentation";
}
