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

/// <summary>Writes the type bitmaps of NSEC and NSEC3 records. Keeps the last one: neighbours mostly have the same types.</summary>
internal sealed class DenialBitmap
{
    private readonly List<RecordType> _types = [];
    private RecordType[] _lastTypes = [];
    private byte[] _last = [];

    /// <summary>The types at an authoritative name as a bitmap (RFC 4034 §4.1.2), valid until the next call.</summary>
    /// <param name="rrsets">Those of the name.</param>
    /// <param name="hasNsec">True for an NSEC record's bitmap, false for that of an NSEC3 record, which stands elsewhere.</param>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<RRset> rrsets, NodeFlags flags, bool hasNsec)
    {
        Collect(rrsets, flags, hasNsec);
        if (!_types.SequenceEqual(_lastTypes))
        {
            _lastTypes = [.. _types];
            var wire = new byte[TypeBitmap.MaxWireLength(_lastTypes.Length)];
            _last = wire[..TypeBitmap.Write(_lastTypes, wire)];
        }

        return _last;
    }

    private void Collect(ReadOnlySpan<RRset> rrsets, NodeFlags flags, bool hasNsec)
    {
        _types.Clear();
        var isSigned = hasNsec;
        foreach (ref readonly var rrset in rrsets)
        {
            // RFC 4035 §2.3: at a cut, only the delegation and what the parent is authoritative for.
            if (rrset.Type != RecordType.NSEC && ((flags & NodeFlags.Cut) == 0 || rrset.Type is RecordType.NS or RecordType.DS))
            {
                _types.Add(rrset.Type);
                isSigned |= DenialTypes.IsSigned(flags, rrset.Type);
            }
        }

        // RFC 5155 §7.1: RRSIG is listed where anything at the name itself is signed.
        if (isSigned)
        {
            _types.Add(RecordType.RRSIG);
        }

        if (hasNsec)
        {
            _types.Add(RecordType.NSEC);
        }

        _types.Sort();
    }
}
