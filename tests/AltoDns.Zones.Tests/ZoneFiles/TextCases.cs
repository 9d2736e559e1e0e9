// Test cases kept as text: a title, a master file, and the lines that must come of it.

using System.Text;

namespace AltoDns.Zones.Tests.ZoneFiles;

/// <summary>Reads files of cases, each <c>### title</c>, text, a line <c>---</c>, expected lines up to the next title.</summary>
internal static class TextCases
{
    public static IEnumerable<TheoryDataRow<string>> Titles(string file) => Load(file).Keys.Select(title => new TheoryDataRow<string>(title));

    public static (string Text, string Expected) Get(string file, string title) => Load(file)[title];

    private static Dictionary<string, (string Text, string Expected)> Load(string file)
    {
        var content = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ZoneFiles", file), Encoding.UTF8);
        var cases = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        foreach (var part in content.Split("\n### ").Skip(1))
        {
            var titleEnd = part.IndexOf('\n', StringComparison.Ordinal);
            var textEnd = part.IndexOf("\n---\n", StringComparison.Ordinal);
            cases.Add(part[..titleEnd], (part[(titleEnd + 1)..(textEnd + 1)], part[(textEnd + 5)..].Trim('\n')));
        }

        return cases;
    }
}
