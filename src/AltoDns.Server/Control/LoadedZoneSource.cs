// What loading and signing know of zones, and how often loading worked.

using AltoDns.Protocol.Names;
using AltoDns.Server.Reloading;
using AltoDns.Server.Signing;
using AltoDns.Zones.Configuration;

namespace AltoDns.Server.Control;

internal sealed class LoadedZoneSource(ZoneReloader reloader) : IZoneStatusSource, ICounterSource
{
    public IEnumerable<DomainName> Zones => [];

    public void Describe(DomainName origin, ZoneStatus status)
    {
        status.Since = reloader.ServedSince(origin);
        status.Source ??= reloader.Served?.ZoneFiles.GetValueOrDefault(origin);

        // What keeps one zone from being loaded keeps all: the zone whose own file is at fault says what, the others that it is so.
        if (reloader.LastReport is { IsPublished: false } failed)
        {
            var errors = failed.Problems.Where(problem => problem.Severity == Severity.Error).ToList();
            var own = errors.Find(problem => problem.Position.File == status.Source || problem.Position.File == status.Zone);
            status.LastError ??= own?.ToString();
            status.Facts["reload"] = $"rejected at {failed.At:yyyy-MM-ddTHH:mm:ssZ}, {errors.Count} {(errors.Count == 1 ? "error" : "errors")}: served as it was before";
        }
    }

    public IEnumerable<CounterGroup> Read() =>
    [
        new CounterGroup(
            "reload",
            [
                new("published", reloader.Loads, "loads that were served"),
                new("rejected", reloader.FailedLoads, "loads with errors, after which nothing changed"),
            ]),
    ];
}

internal sealed class SignedZoneSource(ZoneSigningStage stage) : IZoneStatusSource
{
    public IEnumerable<DomainName> Zones => [];

    public void Describe(DomainName origin, ZoneStatus status)
    {
        status.SignedUntil = stage.SignedUntil(origin);
        status.LastError ??= stage.LastProblem(origin)?.ToString();
    }
}
