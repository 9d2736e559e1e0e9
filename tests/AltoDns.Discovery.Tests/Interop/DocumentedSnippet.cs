// The snippets of docs/for-trackers.md, as they stand there.

namespace AltoDns.Discovery.Tests.Interop;

internal static class DocumentedSnippet
{
    /// <summary>The text between the fence that names a language and its end.</summary>
    public static string Read(string language)
    {
        var text = File.ReadAllText(Path.Combine(Root(), "docs", "for-trackers.md"));
        var start = text.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return text[start..text.IndexOf("\n```", start, StringComparison.Ordinal)] + "\n";
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "AltoDns.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
