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
        if (layer.Zones.ContainsKey(origin) && layer.Store?.CountOf(origin) is { } count)
        {
            var last = writer.LastCommit == 0 ? "none since the start" : DateTimeOffset.FromUnixTimeSeconds(writer.LastCommit).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            status.Facts["dynamic"] = string.Create(
                CultureInfo.InvariantCulture, $"{count.Added} {(count.Added == 1 ? "record" : "records")} by updates, {count.Hidden} of files taken out; last sync of updates: {last}");
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
