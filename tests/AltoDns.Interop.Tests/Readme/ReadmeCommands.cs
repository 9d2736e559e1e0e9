// The commands that README.md shows in its shell blocks, so that each can be run.

namespace AltoDns.Interop.Tests.Readme;

public static class ReadmeCommands
{
    private const string FenceStart = "```sh";
    private const string FenceEnd = "```";

    /// <summary>The repository's root folder, found upwards from where the tests were built.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every line of every block that is marked as shell.</summary>
    public static IReadOnlyList<string> All { get; } = Read(File.ReadAllLines(Path.Combine(Root, "README.md")));

    private static List<string> Read(IEnumerable<string> lines)
    {
        var commands = new List<string>();
        var isInside = false;
        foreach (var line in lines)
        {
            if (isInside && line is FenceEnd)
            {
                isInside = false;
            }
            else if (isInside)
            {
                commands.Add(line);
            }
            else
            {
                isInside = line is FenceStart;
            }
        }

        return commands;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "AltoDns.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
