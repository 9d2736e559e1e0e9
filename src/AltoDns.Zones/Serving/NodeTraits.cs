// What is special about a name, from its RRsets and its parent.

using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

internal static class NodeTraits
{
    /// <summary>The flags that a name has from its own RRsets.</summary>
    public static NodeFlags Of(ReadOnlySpan<RRset> rrsets, bool isApex, bool isWildcard)
    {
        var flags = NodeFlags.None;
        foreach (ref readonly var rrset in rrsets)
        {
            flags |= rrset.Type switch
            {
                // RFC 4592 §4.2: an NS RRset at a wildcard is not a zone cut to be synthesized from.
                RecordType.NS when !isApex && !isWildcard => NodeFlags.Cut,
                RecordType.DNAME => NodeFlags.Dname,
                RecordType.CNAME => NodeFlags.Cname,
                _ => NodeFlags.None,
            };
        }

        return flags;
    }

    /// <summary>The flags that a name has because of its parent.</summary>
    public static NodeFlags Inherited(NodeFlags parent) => Hides(parent) ? NodeFlags.Occluded : NodeFlags.None;

    /// <summary>Whether the names below are hidden.</summary>
    public static bool Hides(NodeFlags flags) => (flags & (NodeFlags.Occluded | NodeFlags.Cut | NodeFlags.Dname)) != 0;
}
