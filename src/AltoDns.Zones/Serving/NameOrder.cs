// Where names stand in canonical order (RFC 4034 §6.1) in a zone that was edited, or that was not.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

internal static class NameOrder
{
    /// <summary>The node that follows a node; -1 behind the last.</summary>
    public static int After(ZoneSnapshot zone, int node)
    {
        if (zone.Parts.Order is not { } order)
        {
            return node + 1 < zone.NodeEnd ? node + 1 : -1;
        }

        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        return order.FindAfter(KeyOf(zone, node, name));
    }

    /// <summary>Whether any name stands below a node's.</summary>
    public static bool HasDescendants(ZoneSnapshot zone, int node) => After(zone, node) is >= 0 and var next && zone.Node(next).Depth > zone.Node(node).Depth;

    /// <summary>The node before a node; -1 before the apex.</summary>
    public static int Before(ZoneSnapshot zone, int node)
    {
        if (zone.Parts.Order is not { } order)
        {
            return node - 1;
        }

        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        return order.FindBefore(KeyOf(zone, node, name));
    }

    /// <summary>The last node that stands before a name which an edited zone lacks.</summary>
    /// <param name="name">In wire form, lower case, below the apex.</param>
    /// <param name="depth">Its labels.</param>
    /// <param name="parent">The node of its parent; -1 where that is not known.</param>
    public static int Before(ZoneSnapshot zone, ReadOnlySpan<byte> name, int depth, int parent) =>
        zone.Parts.Order!.FindBefore(new NameKey(zone.Names, name, depth, parent < 0 ? -1 : zone.Identity(parent)));

    private static NameKey KeyOf(ZoneSnapshot zone, int node, Span<byte> name) =>
        new(zone.Names, name[..zone.WriteName(node, name)], zone.Node(node).Depth, node == ZoneSnapshot.Apex ? -1 : zone.Node(node).Parent);
}
