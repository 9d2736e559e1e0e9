// Loads zones as the configuration of the moment says, and puts that configuration in force with them.

using AltoDns.Server.Reloading;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Updating;

namespace AltoDns.Server.Configuration;

/// <summary>What <see cref="ZoneReloader"/> loads by; one call at a time.</summary>
/// <param name="firstProblems">Warnings about the configuration that the server starts with, told with the first load.</param>
/// <param name="sourcesOf">Where the zones of a configuration come from.</param>
public sealed class ConfiguredLoader(LiveConfiguration live, IReadOnlyList<Problem> firstProblems, Func<ServerConfiguration, ZoneSources> sourcesOf)
{
    private LoadedZones? _last;
    private Dictionary<string, PolicyDocument> _documents = [];
    private volatile LoadedZones? _served;
    private IReadOnlyList<string> _files = [];
    private bool _isLater;

    /// <summary>Whether the documents that zones are made from stay in memory while the zones are served.</summary>
    public bool KeepsDocuments { get; init; }

    /// <summary>What the zones that are served were loaded as, with their documents; null unless these are kept. May be read from any thread.</summary>
    public LoadedZones? Served => _served;

    /// <summary>Reads the configuration anew, but for the first time, and the zones; nothing is taken over where either has errors.</summary>
    public ZoneLoadResult Load()
    {
        var problems = new ProblemList();
        var configuration = _isLater ? live.Reread(problems) : live.Current;
        foreach (var problem in _isLater ? [] : firstProblems)
        {
            problems.Add(problem);
        }

        _isLater = true;
        if (configuration is null)
        {
            return new ZoneLoadResult(null, problems.All, [.. live.Current.Files.Union(_files, StringComparer.Ordinal)])
            {
                Kept = ZoneLoader.Keep(sourcesOf(live.Current), _last),
            };
        }

        var loaded = ZoneLoader.Load(sourcesOf(configuration), _last);
        _files = loaded.Files;
        if (loaded.Zones is not null)
        {
            // The documents have served; what the next load needs of them is in a smaller form.
            _last = loaded with { Policies = [] };
            loaded = KeepsDocuments ? WithDocuments(loaded) : loaded;
        }

        var unserved = loaded.Zones is null ? [] : configuration.FindUnserved(loaded.Zones.Zones.Select(zone => zone.Origin).Concat(loaded.Zones.Unavailable.Keys));
        return new ZoneLoadResult(
            loaded.Zones, [.. problems.All, .. loaded.Problems, .. unserved], [.. loaded.Files.Union(configuration.Files, StringComparer.Ordinal)])
        {
            Signing = loaded.Signing,
            Updatable = UpdatableZone.Of(loaded),
            Numbering = loaded.Numbering,
            ZoneFiles = loaded.ZoneFiles,
            Transfers = loaded.Transfers,
            Kept = loaded.Kept,
            Adopt = () =>
            {
                live.Adopt(configuration);
                _served = KeepsDocuments ? loaded : null;
            },
        };
    }

    // A policy that was not read again comes without its assignments; those of the last reading hold.
    private LoadedZones WithDocuments(LoadedZones loaded)
    {
        IReadOnlyList<PolicyDocument> policies =
        [
            .. loaded.Policies.Select(policy => loaded.TakenOver.Contains(policy.File) && _documents.TryGetValue(policy.File, out var read) ? read : policy),
        ];
        _documents = policies.ToDictionary(policy => policy.File, StringComparer.Ordinal);
        return loaded with { Policies = policies };
    }
}
