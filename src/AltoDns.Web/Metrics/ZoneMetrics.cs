// The rows of the table of metrics that are about zones.

using System.Globalization;
using AltoDns.Server.Control;
using static AltoDns.Web.Metrics.MetricTable;

namespace AltoDns.Web.Metrics;

/// <summary>Those with the label <c>zone</c> are shown only on request: each of their values is a time series of its own.</summary>
internal static class ZoneMetrics
{
    public static IReadOnlyList<Metric> All { get; } =
    [
        Gauge("altodns_zones", "", "Zones, by whether they are served.", ["state"], reading =>
        [
            new(reading.Status.Zones.Count(zone => zone.IsServed), ["served"]),
            new(reading.Status.Zones.Count(zone => !zone.IsServed), ["unserved"]),
        ]),
        Gauge("altodns_zones_with_errors", "", "Zones that are not as new as they should be: something keeps them from being loaded, transferred or signed.", [], Single(reading => reading.Status.Zones.Count(zone => zone.LastError is not null))),
        Gauge("altodns_zone_names", "", "Names in all zones.", [], Single(reading => reading.Status.Zones.Sum(zone => (long)(zone.Names ?? 0)))),
        Gauge("altodns_zones_oldest_age_seconds", "seconds", "How long the zone that has not changed for longest is served as it is.", [], Single(reading => reading.Status.Zones.Max(zone => zone.AgeSeconds))),
        Gauge(
            "altodns_signatures_expire_timestamp_seconds", "seconds", "When the first signature of any signed zone expires, in seconds since 1970.", [],
            Single(reading => reading.Status.Zones.Min(zone => zone.SignedUntil)?.ToUnixTimeSeconds())),
        PerZone("altodns_zone_serial", "", "The zone's serial.", zone => zone.Serial),
        PerZone("altodns_zone_age_seconds", "seconds", "How long the zone is served as it is.", zone => zone.AgeSeconds),
        PerZone("altodns_zone_signed_until_timestamp_seconds", "seconds", "When the first of the zone's signatures expires, in seconds since 1970.", zone => zone.SignedUntil?.ToUnixTimeSeconds()),
        PerZone("altodns_zone_error", "", "1 where something keeps the zone from being newer than it is, otherwise 0.", zone => zone.LastError is null ? 0 : 1),
    ];

    private static Metric PerZone(string name, string unit, string help, Func<ZoneStatus, double?> read) => Gauge(
        name,
        unit,
        string.Create(CultureInfo.InvariantCulture, $"{help} Only with http.zone-metrics."),
        ["zone"],
        reading => !reading.TellsZones
            ? []
            : reading.Status.Zones.Where(zone => read(zone) is not null).Select(zone => new Sample(read(zone)!.Value, [zone.Zone])));
}
