// Where the source tree is that this program was built in.

namespace AltoDns.Benchmarks.Servers;

internal static class Repository
{
    /// <exception cref="InvalidOperationException">The program was moved out of the tree.</exception>
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "AltoDns.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not in the source tree of AltoDns.");
    }
}
