// Puts the names of an edited zone into canonical order again, so that their numbers are that order.

namespace AltoDns.Zones.Serving;

/// <summary>Linear in the size of the zone; RRsets, data and labels stay where they are.</summary>
internal static class SnapshotFreezer
{
    /// <summary>The zone with its nodes in canonical order; the same object where they are.</summary>
    public static ZoneSnapshot Freeze(ZoneSnapshot zone) => Freeze(zone, out _);

    /// <inheritdoc cref="Freeze(ZoneSnapshot)"/>
    /// <param name="newIndexes">By number in the zone given, -1 for what is no name any more; null where the numbers stay.</param>
    public static ZoneSnapshot Freeze(ZoneSnapshot zone, out int[]? newIndexes)
    {
        newIndexes = null;
        if (zone.Parts.Order is null)
        {
            return zone;
        }

        newIndexes = new int[zone.NodeEnd];
        newIndexes.AsSpan().Fill(-1);
        var nodes = new ZoneNode[zone.NodeCount];
        var count = 0;
        foreach (var old in zone.InOrder)
        {
            ref readonly var source = ref zone.Node(old);

            // Children name the first node of their parent, which may be no name's now and nobody else's.
            newIndexes[old] = newIndexes[zone.Identity(old)] = count;
            var parent = newIndexes[source.Parent];
            nodes[count] = source with { Parent = parent, Wildcard = 0 };
            if (old != ZoneSnapshot.Apex && zone.LabelOf(old) is [1, (byte)'*'])
            {
                nodes[parent] = nodes[parent] with { Wildcard = count };
            }

            count++;
        }

        return new ZoneSnapshot(zone.Origin, zone.Parts with
        {
            Nodes = new(nodes),
            Apex = nodes[ZoneSnapshot.Apex],
            NodeEnd = count,
            Past = new([]),
            Log = new NodeLog(count, count),
            Order = null,
            Index = NameIndex.Of(new NodeNames(zone.Origin, new(nodes), zone.Parts.Labels), Enumerable.Range(0, count), zone.Origin, NameIndex.RoomFor(count)),
        });
    }
}
