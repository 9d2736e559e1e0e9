// What is known of the zones that come from other servers.

using System.Globalization;
using AltoDns.Protocol.Names;
using AltoDns.Server.Transfers.Incoming;

namespace AltoDns.Server.Control;

internal sealed class SecondaryZoneSource(IncomingTransfers incoming) : IZoneStatusSource, ICounterSource
{
    public IEnumerable<DomainName> Zones => incoming.Zones;

    public void Describe(DomainName origin, ZoneStatus status)
    {
        if (incoming.FindKeeper(origin) is not { } keeper)
        {
            return;
        }

        status.Source ??= string.Join(", ", keeper.Zone.Primaries);
        status.LastError ??= keeper.LastFault;
        status.Facts["primaries"] = string.Join(", ", keeper.Zone.Primaries);
        if (keeper.NextRefresh > DateTimeOffset.MinValue)
        {
            status.Facts["next-refresh"] = Text(keeper.NextRefresh);
        }

        if (incoming.FindZone(origin) is { } zone)
        {
            status.Facts["refreshed"] = Text(zone.Refreshed);
            status.Facts["expires"] = Text(zone.Expires);
            status.Facts["transferred-serial"] = zone.Snapshot.Serial.ToString(CultureInfo.InvariantCulture);
        }
    }

    public IEnumerable<CounterGroup> Read() =>
    [
        new CounterGroup(
            "transfers-in",
            [
                new("whole", incoming.Tally.Whole, "zones that came as a whole"),
                new("increments", incoming.Tally.Increments, "changes of zones that came as such"),
                new("failed", incoming.Tally.Failures, "attempts that no primary answered as it should"),
                new("octets", incoming.Tally.Octets, "octets of the zones and changes that came"),
            ]),
    ];

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
