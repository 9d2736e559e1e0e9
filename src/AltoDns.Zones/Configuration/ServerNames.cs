// Finds ALTO servers by the names that assignments use.

namespace AltoDns.Zones.Configuration;

/// <summary>Which servers there are, and which of them something refers to.</summary>
/// <param name="servers">Null where the section is missing, which has been noted: every name is then taken.</param>
internal sealed class ServerNames(IReadOnlyList<AltoServerDocument>? servers)
{
    private readonly Dictionary<string, int> _indexes = (servers ?? [])
        .Select((server, index) => (server.Name, index))
        .ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);

    private readonly HashSet<int> _used = [];

    public IEnumerable<AltoServerDocument> Unused => (servers ?? []).Where((_, index) => !_used.Contains(index));

    /// <summary>The index of a server; false, with the problem noted, where none has that name.</summary>
    /// <param name="others">How many more places in the file use the same name.</param>
    public bool TryFind(string name, SourcePosition position, int others, ProblemList problems, out int index)
    {
        if (_indexes.TryGetValue(name, out index))
        {
            _used.Add(index);
            return true;
        }

        if (servers is null)
        {
            return true;
        }

        if (name.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            problems.Error(
                position,
                $"'{name}' is no ALTO server{DescribeUse(others)}: no record says that there is none, and a client would go on to the next shorter prefix (RFC 8686 §3.4).",
                "Remove the line; where a shorter prefix covers it, assign in its place only the parts that have a server.");
            return false;
        }

        var closest = Spelling.Closest(name, _indexes.Keys);
        problems.Error(
            position,
            $"No ALTO server is called '{PrefixText.Excerpt(name)}'{DescribeUse(others)}.",
            closest is not null ? $"Did you mean '{closest}'?" : $"Describe it under 'alto-servers', or use {ListNames()}.");
        return false;
    }

    private static string DescribeUse(int others) => others switch
    {
        0 => "",
        1 => " (used once more below)",
        _ => $" (used {others} more times below)",
    };

    private string ListNames() => _indexes.Count switch
    {
        0 => "another",
        <= 5 => string.Join(" or ", _indexes.Keys),
        _ => string.Join(", ", _indexes.Keys.Take(5)) + " or another",
    };
}
