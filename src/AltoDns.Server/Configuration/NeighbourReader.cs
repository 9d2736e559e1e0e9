// What a configuration says to live with other servers: exports and the catalog.

using AltoDns.Protocol.Names;
using AltoDns.Server.Exporting;
using AltoDns.Zones.Catalogs;
using AltoDns.Zones.Configuration;

namespace AltoDns.Server.Configuration;

internal static class NeighbourReader
{
    /// <summary>Null where nothing is exported.</summary>
    public static ExportOptions? ReadExport(SettingValues values, ProblemList problems)
    {
        if (values.TryGet(ServerSettings.ExportFolder, out var folder))
        {
            var options = new ExportOptions(Path.GetFullPath(folder));
            return options with
            {
                Hook = values.TryGet(ServerSettings.ExportHook, out var hook) ? hook : null,
                HookTimeout = values.Get(ServerSettings.ExportHookTimeout, options.HookTimeout),
                AltoOnly = values.Get(ServerSettings.ExportAltoOnly, false),
            };
        }

        foreach (var setting in new Setting[] { ServerSettings.ExportHook, ServerSettings.ExportAltoOnly })
        {
            if (values.Find(setting) is { } found && found.Value is not false)
            {
                problems.Error(found.Position, $"'{setting.Key}' says how to export, and there is no folder.", "Add 'export.folder', or --export FOLDER.");
            }
        }

        return null;
    }

    /// <summary>Null where no catalog is made.</summary>
    public static CatalogSource? ReadCatalog(SettingValues values, ProblemList problems)
    {
        var groups = new Dictionary<DomainName, string>();
        var found = values.Find(ServerSettings.CatalogGroups);
        foreach (var entry in values.Get(ServerSettings.CatalogGroups, []))
        {
            if (!groups.TryAdd(entry.Zone, entry.Group))
            {
                problems.Error(found!.Position, $"Zone {entry.Zone} has two groups.", "Keep one of the two.");
            }
        }

        if (values.TryGet(ServerSettings.CatalogZone, out var catalog))
        {
            return new CatalogSource(catalog, groups);
        }

        if (found is not null)
        {
            problems.Error(found.Position, "There are groups, and no catalog.", "Add 'catalog.zone', or --catalog NAME.");
        }

        return null;
    }
}
