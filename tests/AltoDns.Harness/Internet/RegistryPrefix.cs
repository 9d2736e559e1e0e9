// The address blocks that the registries have given out, each with its country: real prefixes in real numbers.

using System.IO.Compression;
using AltoDns.Protocol.Names;

namespace AltoDns.Harness.Internet;

/// <param name="Country">ISO 3166-1 code in lower case.</param>
public readonly record struct RegistryPrefix(string Country, IPPrefix Prefix)
{
    /// <summary>The data file that is built beside the program.</summary>
    public static string DataFile { get; } = Path.Combine(AppContext.BaseDirectory, "data", "internet-prefixes.tsv.gz");

    /// <summary>Reads a gzipped file of lines of a country, a tab and a prefix.</summary>
    /// <exception cref="FormatException">A line is not of that form.</exception>
    public static IReadOnlyList<RegistryPrefix> ReadAll(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var prefixes = new List<RegistryPrefix>();
        while (reader.ReadLine() is { } line)
        {
            prefixes.Add(line.Split('\t') is [var country, var prefix]
                ? new RegistryPrefix(string.Intern(country), IPPrefix.Parse(prefix))
                : throw new FormatException($"'{line}' is not a country and a prefix."));
        }

        return prefixes;
    }
}
