// The product's source files, as the conventions look at them.

namespace AltoDns.Cli.Tests.Conventions;

/// <param name="Project">Such as <c>AltoDns.Zones</c>.</param>
/// <param name="Path">Relative to the repository's root, with slashes.</param>
internal sealed record SourceFile(string Project, string Path)
{
    /// <summary>The repository's root folder, found upwards from where the tests were built.</summary>
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<SourceFile> All { get; } =
    [
        .. Directory.EnumerateDirectories(System.IO.Path.Combine(Root, "src")).SelectMany(project =>
            Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
                .Select(path => new SourceFile(System.IO.Path.GetFileName(project), System.IO.Path.GetRelativePath(Root, path).Replace('\\', '/')))
                .Where(file => !file.Path.Contains("/obj/", StringComparison.Ordinal) && !file.Path.Contains("/bin/", StringComparison.Ordinal))),
    ];

    public string[] Lines => File.ReadAllLines(System.IO.Path.Combine(Root, Path));

    /// <summary>What the folder asks for: <c>src/AltoDns.Zones/Serving/ZoneSet.cs</c> belongs to <c>AltoDns.Zones.Serving</c>.</summary>
    public string ExpectedNamespace => Path["src/".Length..Path.LastIndexOf('/')].Replace('/', '.');

    public override string ToString() => Path;

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(folder, "AltoDns.sln")))
        {
            folder = System.IO.Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
