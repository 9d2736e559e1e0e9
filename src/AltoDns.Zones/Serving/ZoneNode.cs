// One name of a zone, as small as it can be: a zone may have tens of millions.

namespace AltoDns.Zones.Serving;

/// <summary>What is special about a name, so that a lookup need not read its RRsets.</summary>
[Flags]
public enum NodeFlags : byte
{
    None = 0,

    /// <summary>A zone cut: owns NS and is not the apex (RFC 9499 §7).</summary>
    Cut = 1,

    /// <summary>Owns a DNAME (RFC 6672).</summary>
    Dname = 2,

    /// <summary>Owns a CNAME.</summary>
    Cname = 4,

    /// <summary>Below a cut or a DNAME owner: never answered from, save as glue (RFC 9499 §7 "occluded name").</summary>
    Occluded = 8,
}

/// <summary>
/// A name: its leftmost label, its parent, its RRsets. A node without RRsets is an empty non-terminal (RFC 4592 §2.2.2).
/// In a frozen zone nodes stand in canonical order (RFC 4034 §6.1), so a node's descendants follow it without a gap; edits add others behind.
/// </summary>
public readonly struct ZoneNode
{
    /// <summary>The depth of a node by which an edit tells that the name is gone: no name has so many labels.</summary>
    internal const byte GoneDepth = byte.MaxValue;

    /// <summary>The first node that the parent's name had: right as to name and depth, see <see cref="ZoneSnapshot.Current"/> for the rest. The apex is its own.</summary>
    public int Parent { get; internal init; }

    /// <summary>Where the label starts in the zone's label store.</summary>
    internal int Label { get; init; }

    /// <summary>The first of its RRsets; several nodes may share them.</summary>
    internal int FirstRRset { get; init; }

    /// <summary>The node of its wildcard child; 0 for none, as 0 is the apex.</summary>
    public int Wildcard { get; internal init; }

    internal ushort RRsetCount { get; init; }

    /// <summary>Labels from the root, 0 to 127.</summary>
    public byte Depth { get; internal init; }

    public NodeFlags Flags { get; internal init; }
}
