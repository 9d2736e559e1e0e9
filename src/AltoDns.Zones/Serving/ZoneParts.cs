// What a snapshot is made of, for those who make one from another.

namespace AltoDns.Zones.Serving;

/// <summary>The arrays of a zone. Once a snapshot has them, nobody writes to the parts of them that it uses, save to its index.</summary>
internal sealed record ZoneParts
{
    /// <summary>Those that the zone was frozen with, in canonical order (RFC 4034 §6.1), then those that edits added. What is at 0 is not read, see <see cref="Apex"/>.</summary>
    public required PagedArray<ZoneNode> Nodes { get; init; }

    /// <summary>The apex, which changes with every version and so stands apart.</summary>
    public required ZoneNode Apex { get; init; }

    /// <summary>The first number that no node of this version has.</summary>
    public required int NodeEnd { get; init; }

    /// <summary>Names of this version.</summary>
    public required int NodeCount { get; init; }

    /// <summary>Of the nodes that edits added.</summary>
    public PagedArray<NodePast> Past { get; init; } = new([]);

    public required NodeLog Log { get; init; }

    /// <summary>The nodes of this version in canonical order; null where that is the order of their numbers.</summary>
    public IdOrder? Order { get; init; }

    /// <summary>Those of a name stand together in ascending order of type; those of NSEC3 owners belong to no node.</summary>
    public required PagedArray<RRset> RRsets { get; init; }

    /// <summary>For each RRset its signatures, at the same places as <see cref="RRsets"/>; empty where none is signed.</summary>
    public required PagedArray<SignatureRun> Signatures { get; init; }

    /// <summary>The first index that no RRset of this version has.</summary>
    public required int RRsetCount { get; init; }

    /// <summary>Who may append to the room behind the RRsets.</summary>
    public required StoreTail RRsetTail { get; init; }

    /// <summary>Versions that have the same object have equal RRsets at equal places, as far as both reach.</summary>
    public required RRsetLineage Lineage { get; init; }

    /// <summary>The labels of the zone, each its length octet first; a root label at 0.</summary>
    public required PagedArray<byte> Labels { get; init; }

    /// <summary>Octets of labels, those left out between pages included.</summary>
    public required int LabelsLength { get; init; }

    /// <summary>Who may append to the labels.</summary>
    public required StoreTail LabelTail { get; init; }

    public required OctetStore Data { get; init; }

    public required NameIndex Index { get; init; }

    public required ZoneDepths Depths { get; init; }

    /// <summary>Null for a zone without NSEC3.</summary>
    public required Nsec3Chain? Nsec3 { get; init; }

    /// <summary>Octets of labels, RRsets and data that earlier versions alone may need: an upper bound.</summary>
    public long Unused { get; init; }

    /// <summary>Of this version and those made of it.</summary>
    public EditLimits Limits { get; init; } = EditLimits.Default;

    /// <summary>Whether any RRset has a signature.</summary>
    public bool HasSignatures => Signatures.First.Length > 0;
}
