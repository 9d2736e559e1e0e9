// Where a question leads within one zone: the tree walk of RFC 1034 §4.3.2 with wildcards (RFC 4592) and DNAME (RFC 6672).

using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>What a lookup came upon.</summary>
public enum LookupOutcome
{
    /// <summary>The name exists and owns the type asked for; for ANY, any type; for RRSIG, any signed type.</summary>
    Found,

    /// <summary>The name owns a CNAME and another type was asked for.</summary>
    Alias,

    /// <summary>The name lies below a DNAME owner.</summary>
    Redirection,

    /// <summary>The name is at or below a zone cut.</summary>
    Delegation,

    /// <summary>The name exists but does not own the type.</summary>
    NoData,

    /// <summary>The name does not exist, and no wildcard stands in for it.</summary>
    NameError,
}

/// <summary>The outcome and where it was decided.</summary>
/// <param name="Node">The name itself or the wildcard standing in for it; the cut; the DNAME owner; for a name error the closest encloser.</param>
/// <param name="RRset">The RRset found, the CNAME, the DNAME or the cut's NS; -1 for the other outcomes, for ANY and for RRSIG.</param>
/// <param name="FromWildcard">Whether <paramref name="Node"/> is a wildcard and the answer is synthesized from it.</param>
public readonly record struct LookupResult(LookupOutcome Outcome, int Node, int RRset, bool FromWildcard);

public static class ZoneLookup
{
    /// <summary>Finds what a zone has for a question.</summary>
    /// <param name="name">A name at or below the zone's origin.</param>
    public static LookupResult Find(ZoneSnapshot zone, LookupName name, RecordType type)
    {
        var node = zone.FindOccluder(zone.FindDeepest(name));
        ref readonly var found = ref zone.Node(node);
        var isExact = found.Depth == name.Depth;
        if ((found.Flags & NodeFlags.Cut) != 0 && !(isExact && type == RecordType.DS))
        {
            // RFC 4035 §3.1.4.1: only the DS RRset is the parent's at a cut.
            return new LookupResult(LookupOutcome.Delegation, node, zone.FindRRset(node, RecordType.NS), false);
        }

        if (isExact)
        {
            return AtName(zone, node, type, fromWildcard: false);
        }

        if ((found.Flags & NodeFlags.Dname) != 0)
        {
            return new LookupResult(LookupOutcome.Redirection, node, zone.FindRRset(node, RecordType.DNAME), false);
        }

        // RFC 4592 §3.3.1: only the wildcard directly below the closest encloser stands in for a name.
        return found.Wildcard == 0
            ? new LookupResult(LookupOutcome.NameError, node, -1, false)
            : AtName(zone, found.Wildcard, type, fromWildcard: true);
    }

    private static LookupResult AtName(ZoneSnapshot zone, int node, RecordType type, bool fromWildcard)
    {
        ref readonly var found = ref zone.Node(node);
        if (type is RecordType.ANY or RecordType.RRSIG && (type == RecordType.ANY ? found.RRsetCount > 0 : IsSigned(zone, node)))
        {
            return new LookupResult(LookupOutcome.Found, node, -1, fromWildcard);
        }

        var rrset = zone.FindRRset(node, type);
        if (rrset >= 0)
        {
            return new LookupResult(LookupOutcome.Found, node, rrset, fromWildcard);
        }

        return (found.Flags & NodeFlags.Cname) != 0
            ? new LookupResult(LookupOutcome.Alias, node, zone.FindRRset(node, RecordType.CNAME), fromWildcard)
            : new LookupResult(LookupOutcome.NoData, node, -1, fromWildcard);
    }

    // Signatures stand beside the RRsets that they cover.
    private static bool IsSigned(ZoneSnapshot zone, int node)
    {
        var first = zone.FirstRRset(node);
        var rrset = first + zone.Node(node).RRsetCount - 1;
        while (rrset >= first && zone.SignaturesOf(rrset).IsEmpty)
        {
            rrset--;
        }

        return rrset >= first;
    }
}
