// Reads the assignments section straight from the YAML text: it may hold every prefix of the Internet.

using System.Runtime.InteropServices;
using System.Text;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

/// <summary>Two steps, because what assignments refer to may stand below them: first read, then resolve.</summary>
internal sealed class AssignmentReader(PolicyContext context)
{
    private static readonly NodeShape Shape = new("'assignments'", "a map from prefix to ALTO server", "192.0.2.0/24: core");

    // Until they are resolved, the server of an assignment is an index into _uses.
    private readonly List<AssignmentDocument> _assignments = [];
    private readonly Dictionary<string, int> _useByName = new(StringComparer.Ordinal);
    private readonly List<NameUse> _uses = [];

    /// <summary>Entries that the source lacks, of this section if its first entry stands before them; null for none, and once they are read.</summary>
    public AssignmentLines? Lines { get; set; }

    /// <summary>Reads the section's node, noting what is no prefix or no name.</summary>
    public void Read(YamlSource source)
    {
        if (!source.AtMap)
        {
            Shape.ReadEntries(source.ReadNode(), context.Problems);
            return;
        }

        var mayHaveLines = source.AtBlockMap;
        source.OpenMap();
        while (source.TryReadKey(out var text, out var position))
        {
            var isPrefix = PrefixText.TryRead(text, position, context.Problems, out var prefix);
            if (TryReadServer(source, text, out var use) && isPrefix)
            {
                _assignments.Add(new AssignmentDocument(prefix, use, position.Line, position.Column));
            }

            if (mayHaveLines && Lines is { } lines && (position.Line, position.Column) == (lines.FirstEntryLine, lines.FirstEntryColumn))
            {
                _assignments.EnsureCapacity(lines.Cut.Count + 1);
                lines.Read(ReadLine);
                Lines = null;
            }

            mayHaveLines = false;
        }
    }

    /// <summary>Puts server indexes in place of names and notes duplicates, unknown servers and prefixes outside the zones.</summary>
    /// <param name="zones">Null where the zones are not known, so that nothing can be said about them.</param>
    public IReadOnlyList<AssignmentDocument> Resolve(ServerNames servers, ZoneIndex? zones)
    {
        var indexes = new int[_uses.Count];
        for (var i = 0; i < indexes.Length; i++)
        {
            servers.TryFind(_uses[i].Name, _uses[i].First, _uses[i].Count - 1, context.Problems, out indexes[i]);
        }

        foreach (ref var assignment in CollectionsMarshal.AsSpan(_assignments))
        {
            assignment = assignment with { Server = indexes[assignment.Server] };
            if (zones?.MarkAssigned(assignment.Prefix) == false)
            {
                ZonePlace.ReportOutside("Assignment", assignment.Prefix, PositionOf(assignment), zones, context.Problems);
            }
        }

        ReportDuplicates();
        return _assignments;
    }

    private bool TryReadServer(YamlSource source, string prefix, out int use)
    {
        use = 0;
        if (!source.TryReadText(out var name, out var isNull, out var position) || isNull || name.Length == 0)
        {
            var shape = new NodeShape($"The assignment of {prefix}", "the name of an ALTO server", $"{prefix}: core");
            shape.Refuse(name is null ? source.ReadNode() : new YamlScalar(position, name, isNull), context.Problems);
            return false;
        }

        use = Use(name, position.Line, position.Column);
        return true;
    }

    private void ReadLine(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> server, int line, int column, int serverColumn)
    {
        Span<char> text = stackalloc char[prefix.Length];
        Encoding.ASCII.GetChars(prefix, text);
        var isPrefix = PrefixText.TryRead(text, new SourcePosition(context.File, line, column), context.Problems, out var value);

        // A name counts as used even where the prefix has a fault.
        Span<char> name = stackalloc char[server.Length];
        Encoding.ASCII.GetChars(server, name);
        var use = Use(name, line, serverColumn);
        if (isPrefix)
        {
            _assignments.Add(new AssignmentDocument(value, use, line, column));
        }
    }

    private int Use(ReadOnlySpan<char> name, int line, int column)
    {
        var byName = _useByName.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!byName.TryGetValue(name, out var use))
        {
            use = _uses.Count;
            byName[name] = use;
            _uses.Add(new NameUse(name.ToString(), new SourcePosition(context.File, line, column), 0));
        }

        CollectionsMarshal.AsSpan(_uses)[use].Count++;
        return use;
    }

    private void ReportDuplicates()
    {
        // Who writes many prefixes writes them in order, or a program does.
        var assignments = CollectionsMarshal.AsSpan(_assignments);
        var position = 1;
        while (position < assignments.Length && assignments[position - 1].Prefix < assignments[position].Prefix)
        {
            position++;
        }

        if (position >= assignments.Length)
        {
            return;
        }

        // Sorting indexes takes a tenth of the memory of a set of prefixes.
        var order = new int[_assignments.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        order.AsSpan().Sort((left, right) =>
        {
            var byPrefix = _assignments[left].Prefix.CompareTo(_assignments[right].Prefix);
            return byPrefix != 0 ? byPrefix : left.CompareTo(right);
        });
        var first = 0;
        for (var i = 1; i < order.Length; i++)
        {
            var (earlier, later) = (_assignments[order[first]], _assignments[order[i]]);
            if (earlier.Prefix != later.Prefix)
            {
                first = i;
                continue;
            }

            context.Error(
                PositionOf(later), $"Prefix {later.Prefix} is already assigned at {PositionOf(earlier)}.", "Keep one of the two.");
        }
    }

    private SourcePosition PositionOf(AssignmentDocument assignment) => new(context.File, assignment.Line, assignment.Column);

    private struct NameUse(string name, SourcePosition first, int count)
    {
        public readonly string Name => name;

        public readonly SourcePosition First => first;

        public int Count = count;
    }
}
