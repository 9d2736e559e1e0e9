// Which names a denial chain lists, and with which types.

using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>Reads names as NSEC and NSEC3 see them; NSEC records that are there already do not count as data.</summary>
internal static class DenialTypes
{
    /// <summary>Whether an RRset is signed: everything authoritative; at a cut the DS and NSEC RRsets alone (RFC 4035 §2.2).</summary>
    public static bool IsSigned(NodeFlags owner, RecordType type) =>
        (owner & NodeFlags.Occluded) == 0 && ((owner & NodeFlags.Cut) == 0 || type is RecordType.DS or RecordType.NSEC);

    /// <summary>Whether an NSEC chain lists the name: it owns something and is not below a cut or a DNAME (RFC 4035 §2.3).</summary>
    public static bool IsListed(ZoneSnapshot zone, int node) => (zone.Node(node).Flags & NodeFlags.Occluded) == 0 && OwnsAnything(zone, node);

    /// <summary>Whether the name delegates to a zone without DS.</summary>
    public static bool IsInsecureDelegation(ZoneSnapshot zone, int node) =>
        (zone.Node(node).Flags & NodeFlags.Cut) != 0 && zone.FindRRset(node, RecordType.DS) < 0;

    /// <summary>For each node whether an NSEC3 chain lists it: authoritative names and the empty non-terminals above them (RFC 5155 §7.1).</summary>
    /// <param name="zone">Frozen.</param>
    /// <param name="optOut">Whether unsigned delegations, and empty non-terminals that lead only to them, are left out.</param>
    public static bool[] HashedNames(ZoneSnapshot zone, bool optOut)
    {
        var listed = new bool[zone.NodeCount];
        for (var node = listed.Length - 1; node >= 0; node--)
        {
            listed[node] |= IsListed(zone, node) && !(optOut && IsInsecureDelegation(zone, node));
            listed[zone.Node(node).Parent] |= listed[node];
        }

        return listed;
    }

    /// <summary>The same for one node.</summary>
    public static bool IsHashed(ZoneSnapshot zone, int node, bool optOut)
    {
        var depth = zone.Node(node).Depth;
        if ((zone.Node(node).Flags & NodeFlags.Occluded) != 0)
        {
            return false;
        }

        // Descendants follow without a gap; the first that is listed decides.
        do
        {
            if (IsListed(zone, node) && !(optOut && IsInsecureDelegation(zone, node)))
            {
                return true;
            }

            node = NameOrder.After(zone, node);
        }
        while (node >= 0 && zone.Node(node).Depth > depth);
        return false;
    }

    private static bool OwnsAnything(ZoneSnapshot zone, int node)
    {
        foreach (ref readonly var rrset in zone.RRsetsOf(node))
        {
            if (rrset.Type != RecordType.NSEC)
            {
                return true;
            }
        }

        return false;
    }
}
