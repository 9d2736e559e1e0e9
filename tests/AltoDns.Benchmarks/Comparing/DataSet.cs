// The data of a workload in every form that a server reads: policy, zone files, rbldnsd's lists.

using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Comparing;

/// <param name="AltoDnsArguments">What <c>altodns serve</c> loads.</param>
/// <param name="Zones">The same as master files.</param>
/// <param name="Lists">The same, as near as it gets, for rbldnsd.</param>
internal sealed record DataSet(IReadOnlyList<string> AltoDnsArguments, IReadOnlyList<ServedZone> Zones, IReadOnlyList<RbldnsdZone> Lists)
{
    private const string ListHead = "$SOA 3600 ns1.example hostmaster.example 1 14400 3600 1209600 3600\n$NS 3600 ns1.example\n$TTL 3600\n";

    private static readonly TimeSpan ExportTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Compiles a policy into zone files, so that all servers have equal zones.</summary>
    /// <param name="prefixes">The policy's prefixes, each with the URI of its server.</param>
    /// <param name="options">More options of <c>altodns export</c>.</param>
    /// <exception cref="InvalidOperationException">The policy has errors.</exception>
    public static async Task<DataSet> OfPolicyAsync(
        TemporaryFolder folder, string policy, IReadOnlyList<DomainName> origins, IReadOnlyCollection<(IPPrefix Prefix, string Uri)> prefixes, IEnumerable<string>? options = null)
    {
        var output = folder.MakeFolder($"{Path.GetFileNameWithoutExtension(policy)}-zones");
        var result = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "export", policy, "--output", output, .. options ?? []], ExportTimeout);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.ToString());
        }

        return new DataSet(
            [policy],
            [.. origins.Select(origin => new ServedZone(origin, Path.Combine(output, $"{origin}zone")))],
            [.. new[] { false, true }.Where(isIPv6 => prefixes.Any(entry => entry.Prefix.IsIPv6 == isIPv6)).Select(isIPv6 => WriteList(output, prefixes, isIPv6))]);
    }

    /// <summary>A zone file, and a list of its names with their texts.</summary>
    public static DataSet OfZone(TemporaryFolder folder, ServedZone zone, IEnumerable<(string Owner, string Text)> records)
    {
        var list = Path.Combine(folder.Path, $"{Path.GetFileNameWithoutExtension(zone.File)}.generic");
        using var text = new StreamWriter(list);
        text.Write(ListHead);
        foreach (var (owner, value) in records)
        {
            text.Write($"{owner} 3600 TXT \"{value}\"\n");
        }

        return new DataSet(
            ["--zone", $"{zone.Origin}={zone.File}"], [zone], [new RbldnsdZone(zone.Origin.ToString().TrimEnd('.'), "generic", list)]);
    }

    private static RbldnsdZone WriteList(string folder, IEnumerable<(IPPrefix Prefix, string Uri)> prefixes, bool isIPv6)
    {
        var kind = isIPv6 ? "ip6trie" : "ip4trie";
        var path = Path.Combine(folder, kind);
        using var text = new StreamWriter(path);
        text.Write(ListHead);
        foreach (var (prefix, uri) in prefixes.Where(entry => entry.Prefix.IsIPv6 == isIPv6))
        {
            text.Write($"{prefix} :127.0.0.2:{uri}\n");
        }

        return new RbldnsdZone((isIPv6 ? ReverseName.IPv6Root : ReverseName.IPv4Root).ToString().TrimEnd('.'), kind, path);
    }
}
