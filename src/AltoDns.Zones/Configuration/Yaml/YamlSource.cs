// Pulls the nodes of one YAML document from its text, so that a long map can be read entry by entry without a tree.

using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AltoDns.Zones.Configuration.Yaml;

/// <summary>
/// A cursor over the document's nodes. Anchors, tags and further documents are noted as problems and read past; what
/// leaves the rest of the file without meaning ends in <see cref="UnreadableYamlException"/>, which <see cref="Run"/> turns into a problem.
/// </summary>
internal sealed class YamlSource
{
    private const int MaxDepth = 16;

    private readonly Parser _parser;
    private readonly byte[] _text;
    private readonly string _file;
    private readonly ProblemList _problems;
    private readonly string _kind;
    private readonly CutLines _cut;
    private readonly Stack<NodeEvent> _open = new();

    /// <param name="text">UTF-8, with or without a byte order mark.</param>
    /// <param name="cut">Lines of the file that the text lacks.</param>
    /// <param name="kind">What the file is, for messages.</param>
    public YamlSource(byte[] text, string file, ProblemList problems, CutLines cut = default, string kind = "policy")
    {
        _kind = kind;
        _cut = cut;
        _text = text;
        _file = file;
        _problems = problems;
        _parser = new Parser(new Scanner(new StreamReader(new MemoryStream(text, writable: false))));
    }

    /// <summary>Where the node begins that would be read next.</summary>
    public SourcePosition Position => At(Current.Start);

    public bool AtMap => Current is MappingStart;

    /// <summary>Whether the next node is a map with an entry a line.</summary>
    public bool AtBlockMap => Current is MappingStart { Style: MappingStyle.Block };

    private ParsingEvent Current => _parser.Current!;

    /// <summary>Reads by <paramref name="read"/>; false, with a problem noted, where the text is not YAML that a policy may use.</summary>
    public bool Run(Action<YamlSource> read)
    {
        try
        {
            Move();
            Move();
            read(this);
            return true;
        }
        catch (UnreadableYamlException exception)
        {
            _problems.Error(exception.Position, exception.Fault, exception.Remedy);
        }
        catch (YamlException exception)
        {
            var (position, fault, remedy) = YamlFault.Explain(exception, _text, _file);
            _problems.Error(position, fault, remedy);
        }

        return false;
    }

    /// <summary>Moves to the document's node; false where the file has none.</summary>
    public bool TryOpenDocument()
    {
        if (Current is not DocumentStart)
        {
            return false;
        }

        Move();
        return true;
    }

    /// <summary>Notes a second document. The document's node has been read.</summary>
    public void CloseDocument()
    {
        Move();
        if (Current is DocumentStart second)
        {
            _problems.Error(
                At(second.Start), "A second YAML document starts here.", $"Keep one {_kind} in a file: remove the '---', or move what follows into a file of its own.");
        }
    }

    /// <summary>Moves into a map, to its first key.</summary>
    public void OpenMap() => TakeNode();

    /// <summary>Reads a key, or moves past the end of the map and returns false.</summary>
    public bool TryReadKey([NotNullWhen(true)] out string? key, out SourcePosition position)
    {
        if (Current is MappingEnd)
        {
            key = null;
            position = default;
            LeaveCollection();
            return false;
        }

        if (!TryReadText(out key, out _, out position))
        {
            throw KeyIsNoText(ReadNode());
        }

        return true;
    }

    /// <summary>Reads a single value without building a node; false, without moving, where the next node is none.</summary>
    public bool TryReadText([NotNullWhen(true)] out string? text, out bool isNull, out SourcePosition position)
    {
        position = Position;
        if (Current is not Scalar scalar)
        {
            RefuseAlias();
            text = null;
            isNull = false;
            return false;
        }

        TakeNode();
        text = scalar.Value;
        isNull = YamlScalar.IsNullText(text, scalar.Style == ScalarStyle.Plain);
        return true;
    }

    /// <summary>Reads the next node with all that is in it.</summary>
    public YamlNode ReadNode() => ReadNode(0);

    private YamlNode ReadNode(int depth)
    {
        RefuseAlias();
        var position = Position;
        if (depth == MaxDepth)
        {
            throw new UnreadableYamlException(
                position, $"Lists and maps are nested more than {MaxDepth} deep.", $"A {_kind} needs few levels: check the brackets and the indentation.");
        }

        switch (TakeNode())
        {
            case Scalar scalar:
                return new YamlScalar(position, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                var items = new List<YamlNode>();
                while (Current is not SequenceEnd)
                {
                    items.Add(ReadNode(depth + 1));
                }

                LeaveCollection();
                return new YamlList(position, items);
            default:
                var entries = new List<YamlEntry>();
                while (Current is not MappingEnd)
                {
                    var key = ReadNode(depth + 1);
                    entries.Add(key is YamlScalar scalarKey
                        ? new YamlEntry(scalarKey, ReadNode(depth + 1))
                        : throw KeyIsNoText(key));
                }

                LeaveCollection();
                return new YamlMap(position, entries);
        }
    }

    // Moves past a scalar or the start of a collection.
    private NodeEvent TakeNode()
    {
        RefuseAlias();
        if (Current is not NodeEvent node)
        {
            throw new UnreadableYamlException(Position, "A key or a value is missing before this place.", "Write 'key: value' on each line of a map.");
        }

        if (!node.Anchor.IsEmpty)
        {
            _problems.Error(At(node.Start), $"'&{node.Anchor.Value}' is a YAML anchor, which a {_kind} does not use.", "Remove it and write values where they belong.");
        }

        if (!node.Tag.IsEmpty)
        {
            _problems.Error(At(node.Start), $"'{node.Tag.Value}' is a YAML tag, which a {_kind} does not use.", "Remove it, or quote a value that starts with '!'.");
        }

        if (node is not Scalar)
        {
            _open.Push(node);
        }

        Move();
        return node;
    }

    // Moves past the end of a collection.
    private void LeaveCollection()
    {
        _open.Pop();
        Move();
    }

    private void Move()
    {
        try
        {
            _parser.MoveNext();
        }
        catch (Exception exception) when (exception is InvalidOperationException || (exception is SemanticErrorException && MissesComma(exception)))
        {
            // The parser stops far below an unclosed bracket, or loses its way.
            var (position, fault, remedy) = ExplainBrackets();
            throw new UnreadableYamlException(position, fault, remedy);
        }
    }

    private bool MissesComma(Exception exception) => exception.Message.Contains("','", StringComparison.Ordinal) && _open.Count > 0;

    private (SourcePosition Position, string Fault, string Remedy) ExplainBrackets() => _open.TryPeek(out var open) switch
    {
        true when open is SequenceStart { Style: SequenceStyle.Flow } => (
            At(open.Start), "The brackets that '[' opens here are not closed, or lack a comma.", "Write a comma between values and ']' after the last."),
        true when open is MappingStart { Style: MappingStyle.Flow } => (
            At(open.Start), "The brackets that '{' opens here are not closed, or lack a comma.", "Write a comma between entries and '}' after the last."),
        _ => (
            _parser.Current is null ? new SourcePosition(_file, 1, 1) : Position,
            "YAML cannot be read after this value.",
            "Check the brackets, quotes and indentation of the lines below."),
    };

    private void RefuseAlias()
    {
        if (Current is AnchorAlias alias)
        {
            var text = "*" + alias.Value.Value.TrimEnd(':');
            throw new UnreadableYamlException(
                At(alias.Start), $"{text} starts with '*', which YAML takes for an alias.", $"Put it in quotes: \"{text}\".");
        }
    }

    private static UnreadableYamlException KeyIsNoText(YamlNode key) =>
        new(key.Position, $"A key is {key.Kind}.", "Write keys as single values, 'key: value'.");

    private SourcePosition At(Mark mark) => new(_file, _cut.InFile((int)mark.Line), (int)mark.Column);
}

/// <summary>What stands here leaves the rest of the file without meaning.</summary>
internal sealed class UnreadableYamlException(SourcePosition position, string fault, string remedy) : Exception(fault)
{
    public SourcePosition Position { get; } = position;

    public string Fault { get; } = fault;

    public string Remedy { get; } = remedy;
}
