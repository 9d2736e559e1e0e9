// Finds the NSEC records that prove what a zone does not have: those of names, and of the names before those that are missing.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>An NSEC RRset and the name that owns it.</summary>
/// <param name="RRset">-1 where the chain has a hole: the zone was signed by others, and not well.</param>
public readonly record struct NsecLink(int Node, int RRset);

/// <summary>
/// In canonical order a node's descendants follow it without a gap, so bisection finds the place of a missing name:
/// <code>
/// encloser   a   b.a   c   b.c   c.c   e        "d" would stand between c.c and e
/// </code>
/// </summary>
public static class NsecLookup
{
    /// <summary>The NSEC of a name; of an empty non-terminal that of the name before it, whose next name tells of what is below (RFC 4035 §3.1.3.1).</summary>
    public static NsecLink Find(ZoneSnapshot zone, int node)
    {
        // An empty non-terminal comes right after a name, or after at most as many empty ones as a name has labels.
        for (var step = 0; step <= DomainName.MaxLabels; step++)
        {
            // RFC 4035 §2.3: names below a cut or a DNAME have no place in the chain.
            node = zone.FindOccluder(node);
            var rrset = zone.FindRRset(node, RecordType.NSEC);
            if (rrset >= 0 || zone.RRsetsOf(node).Length > 0 || node == ZoneSnapshot.Apex)
            {
                return new NsecLink(node, rrset);
            }

            node = NameOrder.Before(zone, node);
        }

        return new NsecLink(node, -1);
    }

    /// <summary>The NSEC that covers a missing name.</summary>
    /// <param name="closestEncloser">The deepest existing ancestor of the missing name.</param>
    /// <param name="label">The label below it that does not exist, length octet first, in lower case.</param>
    public static NsecLink FindCovering(ZoneSnapshot zone, int closestEncloser, ReadOnlySpan<byte> label) =>
        Find(zone, FindLastBefore(zone, closestEncloser, label));

    private static int FindLastBefore(ZoneSnapshot zone, int encloser, ReadOnlySpan<byte> label)
    {
        if (zone.Parts.Order is null)
        {
            return FindLastInFrozen(zone, encloser, label);
        }

        Span<byte> name = stackalloc byte[1 + DomainName.MaxLabelLength + DomainName.MaxLength];
        label.CopyTo(name);
        var length = label.Length + zone.WriteName(encloser, name[label.Length..]);
        return NameOrder.Before(zone, name[..length], zone.Node(encloser).Depth + 1, encloser);
    }

    // From the encloser on in steps that double, then by bisection: what is near the encloser is found near it in memory.
    private static int FindLastInFrozen(ZoneSnapshot zone, int encloser, ReadOnlySpan<byte> label)
    {
        var low = encloser;
        var high = zone.NodeCount;
        for (var step = 1; step < high - low; step *= 2)
        {
            if (!Precedes(zone, low + step, encloser, label, out var bound))
            {
                high = bound;
                break;
            }

            low += step;
        }

        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (Precedes(zone, middle, encloser, label, out var bound))
            {
                low = middle;
            }
            else
            {
                high = bound;
            }
        }

        return low;
    }

    /// <summary>Whether a node that follows the encloser stands before the missing name.</summary>
    /// <param name="bound">The node, or an ancestor of it that stands behind the missing name, too.</param>
    private static bool Precedes(ZoneSnapshot zone, int node, int encloser, ReadOnlySpan<byte> label, out int bound)
    {
        var depth = zone.Node(encloser).Depth + 1;
        while (zone.Node(node).Depth > depth)
        {
            node = zone.Node(node).Parent;
        }

        bound = node;
        return zone.Node(node).Depth == depth && zone.Node(node).Parent == encloser && zone.LabelOf(node)[1..].SequenceCompareTo(label[1..]) < 0;
    }
}
