// Remembers since when each zone is served as it is.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Reloading;

/// <summary>A zone whose records stay the same stays the same object, so that its time stays too. Written by one thread, read by any.</summary>
internal sealed class ZoneLedger
{
    private volatile Dictionary<DomainName, (ZoneSnapshot Zone, DateTimeOffset Since)> _zones = [];

    public void Note(ZoneSet zones, DateTimeOffset now)
    {
        var before = _zones;
        _zones = zones.Zones.ToDictionary(
            zone => zone.Origin,
            zone => before.TryGetValue(zone.Origin, out var known) && ReferenceEquals(known.Zone, zone) ? known : (zone, now));
    }

    public DateTimeOffset? Since(DomainName origin) => _zones.TryGetValue(origin, out var known) ? known.Since : null;
}
