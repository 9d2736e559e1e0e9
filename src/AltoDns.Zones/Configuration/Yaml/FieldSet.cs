// A map whose keys are fixed: finds values by key, and notes keys that are unknown or stand twice.

namespace AltoDns.Zones.Configuration.Yaml;

internal sealed class FieldSet
{
    private readonly Dictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);

    private FieldSet(SourcePosition position) => Position = position;

    public SourcePosition Position { get; }

    /// <summary>The value of a key; null where the key is absent.</summary>
    public YamlNode? this[string key] => _entries.TryGetValue(key, out var entry) ? entry.Value : null;

    /// <summary>Reads a map; one of another kind is noted and taken as empty.</summary>
    /// <param name="what">Whose keys these are, for messages: <c>'soa'</c>.</param>
    public static FieldSet Read(YamlNode node, NodeShape shape, string what, string[] known, ProblemList problems)
    {
        var fields = new FieldSet(node.Position);
        foreach (var entry in shape.ReadEntries(node, problems))
        {
            if (!CheckKey(entry.Key, what, known, problems))
            {
                continue;
            }

            if (!fields._entries.TryAdd(entry.Key.Text, entry))
            {
                ReportDuplicate(entry.Key, fields._entries[entry.Key.Text].Key.Position, problems);
            }
        }

        return fields;
    }

    /// <summary>Whether the key is one of the known ones; if not, notes it with the closest of them.</summary>
    public static bool CheckKey(YamlScalar key, string what, string[] known, ProblemList problems)
    {
        if (Array.IndexOf(known, key.Text) >= 0)
        {
            return true;
        }

        var closest = Spelling.Closest(key.Text, known);
        problems.Error(
            key.Position,
            $"{what} has no setting '{key.Text}'.",
            closest is null ? $"Its settings are {string.Join(", ", known)}." : $"Did you mean '{closest}'?");
        return false;
    }

    public static void ReportDuplicate(YamlScalar key, SourcePosition first, ProblemList problems) =>
        problems.Error(key.Position, $"'{key.Text}' is already set at {first}.", "Keep one of the two.");
}
