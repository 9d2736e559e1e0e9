// The members of catalogs among the zones that are loaded.

using AltoDns.Server.Transfers;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;

namespace AltoDns.Server.Catalogs;

public static class MemberZones
{
    /// <summary>The sources with the members of catalogs as secondaries beside those of the configuration.</summary>
    /// <param name="configured">What the configuration to be loaded says.</param>
    /// <param name="effective">With the members as they are at the moment.</param>
    public static ZoneSources AddTo(ZoneSources sources, TransferOptions configured, TransferOptions effective)
    {
        if (configured.Catalogs.Count == 0)
        {
            return sources;
        }

        var known = sources.Secondaries.Select(zone => zone.Origin).Concat(configured.Secondaries.Select(zone => zone.Origin)).ToHashSet();
        var members = effective.Secondaries.Where(zone => !known.Contains(zone.Origin)).Select(zone => new SecondaryOrigin(zone.Origin, new SourcePosition("a catalog", 0, 0)));
        return sources with { Secondaries = [.. sources.Secondaries, .. members] };
    }
}
