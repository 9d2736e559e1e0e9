// Adds the catalog of all zones to each load, before the zones are signed and served.

using AltoDns.Protocol.Names;
using AltoDns.Server.Reloading;
using AltoDns.Zones.Catalogs;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;

namespace AltoDns.Server.Catalogs;

/// <summary>Used by one load at a time.</summary>
/// <param name="isCatalog">Whether a zone is a catalog that comes from elsewhere.</param>
internal sealed class CatalogStage(CatalogSource source, string stateFolder, Func<DomainName, bool> isCatalog, TimeProvider timeProvider)
{
    private readonly CatalogProducer _producer = new(source, stateFolder, timeProvider);

    /// <summary>The load with the catalog; of one that failed, what is kept with the catalog of that.</summary>
    public ZoneLoadResult AddTo(ZoneLoadResult loaded)
    {
        if ((loaded.Zones ?? loaded.Kept) is not { } zones)
        {
            return loaded;
        }

        if (loaded.Zones is not null && loaded.Zones.Zones.Any(zone => zone.Origin == source.Catalog))
        {
            return Failed(loaded, $"Zone {source.Catalog} is served already, and is to be the catalog.", "Give the catalog another name.");
        }

        try
        {
            var all = _producer.AddTo(zones, isCatalog);
            return loaded.Zones is null ? loaded with { Kept = all } : loaded with { Zones = all };
        }
        catch (KeyStoreException exception)
        {
            return Failed(loaded, $"The catalog {source.Catalog} cannot be made: {exception.Message}", "Correct the state folder.");
        }
        catch (ArgumentException exception)
        {
            return Failed(loaded, $"The catalog {source.Catalog} cannot be made: {exception.Message}", "Give the catalog another name.");
        }
    }

    private static ZoneLoadResult Failed(ZoneLoadResult loaded, string fault, string remedy) =>
        loaded with { Zones = null, Problems = [.. loaded.Problems, new Problem(Severity.Error, new SourcePosition("catalog", 0, 0), fault, remedy)] };
}
