// The names of a zone that own RRsets, those of its nodes and those of its NSEC3 chain, as one range to be divided among threads.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>Owners are numbered: first the nodes, then the links of the chain; in an edited zone some numbers are nobody's. Keeps a buffer, so one for each thread.</summary>
internal sealed class OwnedRRsets(ZoneSnapshot zone)
{
    private readonly byte[] _name = new byte[DomainName.MaxLength];

    /// <summary>Owners of a frozen zone.</summary>
    public static int Count(ZoneSnapshot zone) => zone.NodeCount + (zone.Nsec3?.Count ?? 0);

    /// <summary>The owners of any zone: names in canonical order, then the links of the chain.</summary>
    public static IEnumerable<int> All(ZoneSnapshot zone) => zone.InOrder.Concat(Enumerable.Range(zone.NodeEnd, zone.Nsec3?.Count ?? 0));

    /// <summary>The RRsets of an owner, by index.</summary>
    /// <param name="first">The first; the others follow.</param>
    /// <returns>How many there are.</returns>
    public int Find(int owner, out int first)
    {
        if (owner >= zone.NodeEnd)
        {
            first = zone.Nsec3!.RRsetOf(owner - zone.NodeEnd);
            return 1;
        }

        first = zone.FirstRRset(owner);
        return zone.Node(owner).RRsetCount;
    }

    /// <summary>What the name is; that of an NSEC3 record is as any other name.</summary>
    public NodeFlags FlagsOf(int owner) => owner >= zone.NodeEnd ? NodeFlags.None : zone.Node(owner).Flags;

    /// <summary>The owner's name in wire form, valid until the next call.</summary>
    public ReadOnlySpan<byte> NameOf(int owner)
    {
        if (owner < zone.NodeEnd)
        {
            return _name.AsSpan(0, zone.WriteName(owner, _name));
        }

        return _name.AsSpan(0, WriteHashedName(zone.Origin, zone.Nsec3!.HashOf(owner - zone.NodeEnd), _name));
    }

    /// <summary>Writes the name that owns an NSEC3 RRset (RFC 5155 §3) in wire form and lower case.</summary>
    /// <param name="name">Room for 255 octets.</param>
    /// <returns>Octets written.</returns>
    public static int WriteHashedName(DomainName origin, ReadOnlySpan<byte> hash, Span<byte> name)
    {
        var label = Base32Hex.Encode(hash);
        name[0] = (byte)label.Length;
        Encoding.ASCII.GetBytes(label, name[1..]);
        WireName.LowerInPlace(name.Slice(1, label.Length));
        origin.Wire.CopyTo(name[(1 + label.Length)..]);
        return 1 + label.Length + origin.Length;
    }
}
