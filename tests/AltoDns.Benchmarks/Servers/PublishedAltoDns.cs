// AltoDns as it is published: one self-contained, trimmed, precompiled file, or machine code only.

using AltoDns.Harness;

namespace AltoDns.Benchmarks.Servers;

internal static class PublishedAltoDns
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(8);

    /// <summary>Publishes the source tree that this program was built in.</summary>
    /// <returns>The path of the program.</returns>
    /// <exception cref="InvalidOperationException">There is no source tree, or publishing fails; the message has its output.</exception>
    public static Task<string> PublishAsync(TemporaryFolder folder) => PublishAsync(folder, "SingleFile");

    /// <summary>The same as machine code; null where that cannot be made, as without the packages or the linker that it takes.</summary>
    public static async Task<string?> TryPublishNativeAsync(TemporaryFolder folder)
    {
        try
        {
            return await PublishAsync(folder, "NativeAot");
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task<string> PublishAsync(TemporaryFolder folder, string profile)
    {
        var project = Path.Combine(Repository.Path, "src", "AltoDns.Cli");
        var output = Path.Combine(folder.Path, profile);
        var result = await ToolRunner.RunAsync(
            "dotnet", ["publish", project, $"-p:PublishProfile={profile}", $"-p:PublishDir={output}{Path.DirectorySeparatorChar}", "--nologo"], Timeout);
        return result.ExitCode == 0 ? Path.Combine(output, "altodns") : throw new InvalidOperationException(result.ToString());
    }
}
