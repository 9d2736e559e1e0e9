// What updates came to, for those who look after the server.

using System.Globalization;
using AltoDns.Protocol.Names;
using AltoDns.Server.Control;

namespace AltoDns.Server.Updates;

internal sealed class UpdateStatusSource(UpdateWriter writer, DynamicLayer layer) : ICounterSource, IZoneStatusSource
{
    public IEnumerable<DomainName> Zones => [];

    public void Describe(DomainName origin, ZoneStatus status)
    {
        if (layer.Zones.TryGetValue(origin, out var zone) && !ReferenceEquals(zone.Base, zone.Content))
        {
            var last = writer.LastCommit == 0 ? "none since the start" : DateTimeOffset.FromUnixTimeSeconds(writer.LastCommit).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            var names = zone.Content.NodeCount - zone.Base.NodeCount;
            status.Facts["dynamic"] = string.Create(CultureInfo.InvariantCulture, $"{names:+0;-0;0} names by updates; last update on the disk: {last}");
        }
    }

    public IEnumerable<CounterGroup> Read() =>
    [
        new CounterGroup(
            "updates",
            [
                new("applied", writer.Applied, "updates carried out"),
                new("not-applied", writer.NotApplied, "updates refused, or whose prerequisites did not hold"),
                new("failed", writer.Failed, "updates that could not be kept"),
                new("expired", writer.Expired, "records removed because their lease ran out"),
                new("groups", writer.Groups, "writes to the disk"),
            ]),
    ];
}
