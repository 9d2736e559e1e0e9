// The sample zones inside the program, so that it has something to show before anything is configured.

using System.Reflection;
using AltoDns.Zones.Loading;

namespace AltoDns.Cli.Samples;

/// <summary>The files of the repository's <c>zones/</c> folder.</summary>
internal static class EmbeddedSamples
{
    private const string Folder = "zones/";

    private static readonly Assembly Self = typeof(EmbeddedSamples).Assembly;

    /// <summary>All sample policies.</summary>
    public static ZoneSources Sources { get; } = new()
    {
        Policies = [.. Self.GetManifestResourceNames().Where(name => name.EndsWith(".yaml", StringComparison.Ordinal)).Order(StringComparer.Ordinal)],
        Open = Open,
    };

    private static Stream Open(string path)
    {
        var name = path.Replace('\\', '/');
        var start = name.LastIndexOf(Folder, StringComparison.Ordinal);
        return (start < 0 ? null : Self.GetManifestResourceStream(name[start..]))
            ?? throw new FileNotFoundException($"{path} is not among the samples.", path);
    }
}
