// A folder of its own for one test, with the few files that a load needs.

using AltoDns.Zones.Loading;

namespace AltoDns.Zones.Tests.Loading;

internal sealed class ZoneFolder : IDisposable
{
    public const string Apex = "$TTL 60\n@ SOA ns.invalid. host.invalid. 5 2 3 4 5\n@ NS ns.invalid.\n";

    private readonly string _path = Directory.CreateTempSubdirectory("altodns-load-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    public string At(string file) => Path.Combine(_path, file);

    /// <summary>Writes a file; its folder is made where it is missing.</summary>
    /// <returns>Its path.</returns>
    public string Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(file))!);
        File.WriteAllText(At(file), text);
        return At(file);
    }

    /// <summary>Writes a policy without an SOA, which the base is to give, or with one of no serial.</summary>
    public string WritePolicy(string file, string zones, string? baseFile = null) => Write(
        file,
        $$"""
        zones: [{{zones}}]
        {{(baseFile is null ? "soa: { primary: ns.invalid., contact: host@isp1.example }\nnameservers: ns.invalid." : $"base: {baseFile}")}}
        alto-servers: { core: { uri: https://alto.isp1.example/ird } }
        assignments: { 0.0.0.0/0: core }

        """);

    public static IEnumerable<string> Origins(LoadedZones loaded) => loaded.Zones!.Zones.Select(zone => zone.Origin.ToString()).Order(StringComparer.Ordinal);

    /// <summary>Problems without the folder's path.</summary>
    public IEnumerable<string> Problems(LoadedZones loaded) =>
        loaded.Problems.Select(problem => problem.ToString().Replace(_path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));

    /// <summary>Files without the folder's path, in the order of their names.</summary>
    public IEnumerable<string> Files(LoadedZones loaded) =>
        loaded.Files.Select(file => file.Replace(_path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
