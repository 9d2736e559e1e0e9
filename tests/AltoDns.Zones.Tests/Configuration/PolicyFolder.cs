// Where the tests' policies are, and a file system that begins there, so that problems name files without a path.

using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Tests.Configuration;

internal static class PolicyFolder
{
    public static string Bad { get; } = Path.Combine(AppContext.BaseDirectory, "Configuration", "bad");

    public static string Good { get; } = Path.Combine(AppContext.BaseDirectory, "Configuration", "good");

    public static string Samples { get; } = Path.Combine(AppContext.BaseDirectory, "zones");

    public static FileOpener In(string folder) => path =>
        Directory.Exists(Path.Combine(folder, path)) ? throw new IOException("it is a folder") : File.OpenRead(Path.Combine(folder, path));

    /// <summary>A policy as text, beside the files of <see cref="Good"/>.</summary>
    public static PolicyDocument? ReadText(string text, ProblemList problems) =>
        PolicyReader.Read("policy.yaml", problems, path => path == "policy.yaml" ? new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) : In(Good)(path));

    public static string Lines(ProblemList problems) => string.Concat(problems.All.Select(problem => problem + "\n"));
}
