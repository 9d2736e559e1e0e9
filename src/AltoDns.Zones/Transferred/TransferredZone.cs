// A zone that came from another server, and until when it may be answered from.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Transferred;

/// <summary>Immutable.</summary>
/// <param name="Changed">When this version came.</param>
/// <param name="Refreshed">When a primary last said that it is current.</param>
public sealed record TransferredZone(ZoneSnapshot Snapshot, DateTimeOffset Changed, DateTimeOffset Refreshed)
{
    /// <summary>The SOA record, with the times that secondaries keep (RFC 1035 §3.3.13).</summary>
    public SoaData Soa { get; } = SoaOf(Snapshot);

    /// <summary>From then on the zone is not to be answered from (RFC 1034 §4.3.5).</summary>
    public DateTimeOffset Expires => Refreshed + TimeSpan.FromSeconds(Soa.Expire);

    private static SoaData SoaOf(ZoneSnapshot zone)
    {
        var reader = WireReader.OverData(zone.DataOf(zone.RRset(zone.SoaRRset))[sizeof(ushort)..]);
        return SoaData.TryRead(ref reader, out var soa) ? soa : throw new InvalidOperationException($"Zone {zone.Origin} has no readable SOA.");
    }
}
