// The small tree that a section of a policy is read into, every node with its place in the file.

namespace AltoDns.Zones.Configuration.Yaml;

/// <summary>A value, a list or a map of a YAML file.</summary>
internal abstract class YamlNode(SourcePosition position)
{
    public SourcePosition Position { get; } = position;

    /// <summary>What the node is, as a noun for messages: <c>a list</c>.</summary>
    public abstract string Kind { get; }
}

/// <summary>A single value, quotes and escapes resolved.</summary>
internal sealed class YamlScalar(SourcePosition position, string text, bool isPlain) : YamlNode(position)
{
    public string Text { get; } = text;

    /// <summary>Whether the key has nothing after its colon, or <c>~</c> or <c>null</c> (YAML 1.2 §10.2.1.1).</summary>
    public bool IsNull { get; } = IsNullText(text, isPlain);

    public override string Kind => IsNull ? "empty" : "a single value";

    public static bool IsNullText(string text, bool isPlain) => isPlain && text is "" or "~" or "null";
}

internal sealed class YamlList(SourcePosition position, IReadOnlyList<YamlNode> items) : YamlNode(position)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override string Kind => "a list";
}

/// <summary>Entries in the order of the file; the same key may stand twice.</summary>
internal sealed class YamlMap(SourcePosition position, IReadOnlyList<YamlEntry> entries) : YamlNode(position)
{
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    public override string Kind => "a map";
}

internal readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);
