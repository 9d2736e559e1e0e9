// Which kind of node a setting takes, and what to tell the operator who wrote another.

using System.Diagnostics.CodeAnalysis;

namespace AltoDns.Zones.Configuration.Yaml;

/// <summary>What a setting is called, what belongs there, and an example of it.</summary>
/// <param name="What">Starts a sentence: <c>'nameservers'</c>.</param>
/// <param name="Expected">A noun: <c>a list of names</c>.</param>
/// <param name="Example">As it would stand in the file.</param>
internal readonly record struct NodeShape(string What, string Expected, string Example)
{
    /// <summary>A single value that is not empty.</summary>
    public bool TryReadText(YamlNode node, ProblemList problems, [NotNullWhen(true)] out YamlScalar? text)
    {
        text = node as YamlScalar is { IsNull: false, Text.Length: > 0 } scalar ? scalar : null;
        if (text is null)
        {
            Refuse(node, problems);
        }

        return text is not null;
    }

    /// <summary>The values of a list, or one value in place of a list; values of another kind are noted and left out.</summary>
    public IEnumerable<YamlScalar> ReadTexts(YamlNode node, ProblemList problems)
    {
        foreach (var item in Items(node))
        {
            if (TryReadText(item, problems, out var text))
            {
                yield return text;
            }
        }
    }

    /// <summary>The nodes of a list, or the node itself.</summary>
    public static IReadOnlyList<YamlNode> Items(YamlNode node) => node is YamlList list ? list.Items : [node];

    /// <summary>The entries of a map; none where the setting is empty or, which is noted, of another kind.</summary>
    public IReadOnlyList<YamlEntry> ReadEntries(YamlNode node, ProblemList problems)
    {
        if (node is YamlMap map)
        {
            return map.Entries;
        }

        if (node is not YamlScalar { IsNull: true })
        {
            Refuse(node, problems);
        }

        return [];
    }

    public void Refuse(YamlNode node, ProblemList problems)
    {
        var kind = node is YamlScalar { Text.Length: 0 } ? "empty" : node.Kind;
        problems.Error(node.Position, $"{What} is {kind}, where {Expected} belongs.", $"Write it as '{Example}'.");
    }
}
