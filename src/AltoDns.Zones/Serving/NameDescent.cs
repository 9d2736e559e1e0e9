// Finds names where two have one hash: rare enough that only correctness counts here.

namespace AltoDns.Zones.Serving;

internal static class NameDescent
{
    /// <summary>The deepest existing name at or above a name, label by label from the apex, whatever the hashes are.</summary>
    /// <param name="name">At or below the origin.</param>
    public static int FindDeepest(ZoneSnapshot zone, LookupName name)
    {
        name.HashTo(Math.Min(name.Depth, zone.Parts.Depths.Deepest));
        var parent = ZoneSnapshot.Apex;
        for (var depth = zone.OriginDepth + 1; depth <= Math.Min(name.Depth, zone.Parts.Depths.Deepest); depth++)
        {
            var child = FindChild(zone, zone.Identity(parent), name, depth);
            if (child < 0)
            {
                break;
            }

            parent = child;
        }

        return parent;
    }

    private static int FindChild(ZoneSnapshot zone, int parent, LookupName name, int depth)
    {
        var index = zone.Parts.Index;
        var hash = name.Hash(depth);
        var position = index.Start(hash);
        while (index.TryRead(position, hash, out var node))
        {
            node = zone.Reached(node);
            if (node > ZoneSnapshot.Apex && zone.Node(node).Parent == parent && zone.Node(node).Depth == depth
                && zone.LabelOf(node).SequenceEqual(name.Label(depth)))
            {
                return node;
            }

            position = index.Next(position);
        }

        return -1;
    }
}
