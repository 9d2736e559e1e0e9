// Finds the names of a zone in the version before it.

using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

internal static class PreviousNodes
{
    /// <summary>For each node of a zone its node in an earlier version of the same origin, or -1. Linear: both are frozen.</summary>
    public static int[] Of(ZoneSnapshot zone, ZoneSnapshot previous)
    {
        var found = new int[zone.NodeCount];
        var old = 1;
        var left = new byte[Protocol.Names.DomainName.MaxLength];
        var right = new byte[Protocol.Names.DomainName.MaxLength];
        for (var node = 1; node < found.Length; node++)
        {
            found[node] = -1;
            while (old < previous.NodeCount && !IsSame(node, old) && Compare(old, node) < 0)
            {
                old++;
            }

            if (old < previous.NodeCount && IsSame(node, old))
            {
                found[node] = old++;
            }
        }

        return found;

        // Parents come before their children, so what is known of them tells without comparing whole names.
        bool IsSame(int node, int candidate) =>
            found[zone.Node(node).Parent] == previous.Node(candidate).Parent
            && zone.LabelOf(node).SequenceEqual(previous.LabelOf(candidate));

        int Compare(int candidate, int node) => Protocol.Names.WireName.CompareCanonical(
            left.AsSpan(0, previous.WriteName(candidate, left)), right.AsSpan(0, zone.WriteName(node, right)));
    }
}
