// Lines of a file that a parser did not get, so that what comes after them has other numbers there.

namespace AltoDns.Zones.Configuration.Yaml;

/// <param name="After">The last line before them, from 1.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct CutLines(int After, int Count)
{
    /// <summary>The line's number in the file.</summary>
    public int InFile(int line) => line > After ? line + Count : line;
}
