// What a snapshot is made of, for those who make one from another.

namespace AltoDns.Zones.Serving;

/// <summary>The arrays of a zone. Once a snapshot has them, nobody writes to the parts of them that it uses.</summary>
internal sealed record ZoneParts
{
    /// <summary>In canonical order (RFC 4034 §6.1); the first is the apex.</summary>
    public required ZoneNode[] Nodes { get; init; }

    /// <summary>Those of a name stand together in ascending order of type; those of NSEC3 owners belong to no node. Room may be left at the end.</summary>
    public required RRset[] RRsets { get; init; }

    /// <summary>For each RRset its signatures, with as much room as <see cref="RRsets"/>; empty where none is signed.</summary>
    public required SignatureRun[] Signatures { get; init; }

    /// <summary>RRsets in use by this version.</summary>
    public required int RRsetCount { get; init; }

    /// <summary>Who may append to the room behind the RRsets.</summary>
    public required StoreTail RRsetTail { get; init; }

    /// <summary>Versions that have the same object have equal RRsets at equal places, as far as both reach.</summary>
    public required object Lineage { get; init; }

    /// <summary>Each label of the zone, its length octet first; a root label at 0.</summary>
    public required byte[] Labels { get; init; }

    public required OctetStore Data { get; init; }

    public required NameIndex Index { get; init; }

    /// <summary>No name of the zone has more labels.</summary>
    public required int MaxDepth { get; init; }

    /// <summary>Null for a zone without NSEC3.</summary>
    public required Nsec3Chain? Nsec3 { get; init; }

    /// <summary>Octets of labels, RRsets and data that earlier versions alone may need: an upper bound.</summary>
    public long Unused { get; init; }
}
