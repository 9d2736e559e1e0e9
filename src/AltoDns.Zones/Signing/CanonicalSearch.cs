// Finds where a name stands, or would stand, among those of a zone.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

internal static class CanonicalSearch
{
    /// <summary>The last node that an NSEC chain lists before a name (RFC 4034 §6.1).</summary>
    /// <param name="name">In the zone or not, below its apex.</param>
    public static int ListedBefore(ZoneSnapshot zone, DomainName name)
    {
        var node = zone.Parts.Order is null ? LastBefore(zone, name) : NameOrder.Before(zone, name.Wire, name.LabelCount, parent: -1);

        // The apex owns an SOA and so is listed.
        while (!DenialTypes.IsListed(zone, node))
        {
            node = NameOrder.Before(zone, node);
        }

        return node;
    }

    /// <summary>The next node that an NSEC chain lists; the apex after the last.</summary>
    public static int ListedAfter(ZoneSnapshot zone, int node)
    {
        do
        {
            node = NameOrder.After(zone, node);
        }
        while (node >= 0 && !DenialTypes.IsListed(zone, node));
        return node < 0 ? ZoneSnapshot.Apex : node;
    }

    private static int LastBefore(ZoneSnapshot zone, DomainName name)
    {
        Span<byte> other = stackalloc byte[DomainName.MaxLength];
        var (low, high) = (0, zone.NodeCount);
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (WireName.CompareCanonical(other[..zone.WriteName(middle, other)], name.Wire) < 0)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
