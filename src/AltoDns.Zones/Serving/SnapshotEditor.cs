// Makes the next version of a zone from the one before and a set of edits, at a cost in proportion to them.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>
/// Takes edits in any order; of several for one name or one hash the last counts. The zone before stays as it is and shares what does
/// not change. Few edits of a large zone are appended to it, see <see cref="NameAppender"/>; a small zone is copied, and so is one of which
/// much changes, see <see cref="NodeMerger"/>. Used once; not safe for several threads.
/// </summary>
public sealed class SnapshotEditor(ZoneSnapshot before)
{
    private readonly LookupName _lookup = new();
    private readonly RRsetAppender _rrsets = new(before);
    private readonly Nsec3ChainEditor _chain = new(before.Nsec3);
    private readonly List<NodeEdit> _nodes = [];
    private readonly List<NewName> _names = [];

    internal EditLimits Limits { get; init; } = before.Parts.Limits;

    /// <summary>Adds RRsets that one name or several will have.</summary>
    /// <param name="rrsets">In any order, no type twice.</param>
    public RRsetPlace Add(params ReadOnlySpan<RRsetContent> rrsets)
    {
        for (var i = 1; i < rrsets.Length; i++)
        {
            if (rrsets[i - 1].Type >= rrsets[i].Type)
            {
                return AddUnordered(rrsets);
            }
        }

        return rrsets.IsEmpty ? default : new RRsetPlace(_rrsets.Add(rrsets), checked((ushort)rrsets.Length));
    }

    /// <summary>Gives a name RRsets in place of all that it has. A name that is new gets the ancestors that it lacks.</summary>
    /// <param name="name">At or below the origin.</param>
    /// <param name="place">What <see cref="Add"/> returned, or a place in the zone before. With the default value the name loses all RRsets, and is gone unless names stand below it.</param>
    /// <exception cref="ArgumentException">The name is outside the zone.</exception>
    public void Set(DomainName name, RRsetPlace place)
    {
        _lookup.Set(name.Wire);
        if (_lookup.Depth < before.OriginDepth || !_lookup.Suffix(before.OriginDepth).SequenceEqual(before.Origin.Wire))
        {
            throw new ArgumentException($"{name} lies outside the zone {before.Origin}.", nameof(name));
        }

        var node = before.FindNode(_lookup);
        if (node >= 0)
        {
            Set(node, place);
        }
        else
        {
            _names.Add(new NewName(name, place, _names.Count));
        }
    }

    /// <summary>Gives a name these RRsets in place of all that it has.</summary>
    /// <inheritdoc cref="Set(DomainName, RRsetPlace)"/>
    public void Set(DomainName name, params ReadOnlySpan<RRsetContent> rrsets) => Set(name, Add(rrsets));

    /// <summary>Gives a name of the zone before RRsets in place of all that it has.</summary>
    public void Set(int node, RRsetPlace place) => _nodes.Add(new NodeEdit(node, place, _nodes.Count));

    /// <summary>Takes all RRsets from a name; it is gone unless names stand below it.</summary>
    public void Remove(DomainName name) => Set(name, default(RRsetPlace));

    /// <summary>Drops all links of the NSEC3 chain and begins another, or none. The apex's NSEC3PARAM is edited like any other RRset.</summary>
    public void StartChain(Nsec3ParamData? parameters) => _chain.Start(parameters);

    /// <summary>Sets or replaces the link of a hash.</summary>
    /// <param name="hash">The 20 octets of a name's hash.</param>
    /// <param name="nsec3">The NSEC3 RRset, one record, with its signatures.</param>
    public void SetLink(ReadOnlySpan<byte> hash, in RRsetContent nsec3) => _chain.Set(hash, _rrsets.Add([nsec3]));

    /// <summary>Removes the link of a hash, if there is one.</summary>
    public void RemoveLink(ReadOnlySpan<byte> hash) => _chain.Remove(hash);

    /// <summary>The zone with all edits made.</summary>
    /// <exception cref="ArgumentException">The apex has no SOA now.</exception>
    public ZoneSnapshot Build()
    {
        var (edits, names) = (LastOfEach(_nodes), LastOfEach(_names));
        RequireSoa(edits);
        var chain = _chain.Build();
        var isAppended = IsCheapToAppend(edits.Count + names.Count) && !NameAppender.HidesOthers(before, _rrsets, edits);
        var parts = isAppended ? new NameAppender(before, _rrsets).Run(edits, names) : Merge(edits, names);
        parts = _rrsets.Build(parts) with { Nsec3 = chain };
        var unused = parts.Unused + SnapshotCompactor.OctetsOfRRsets(before, _chain.Dropped) - _rrsets.KeptOctets;
        parts = parts with { Unused = Math.Max(unused, before.Parts.Unused) };
        return new ZoneSnapshot(before.Origin, isAppended ? parts : SnapshotCompactor.CompactIfWorthwhile(parts));
    }

    private bool IsCheapToAppend(int edits) =>
        before.NodeCount >= Limits.LeastNames && edits <= before.NodeCount / Limits.LeastShare && before.NodeEnd / Limits.MostVersions <= before.NodeCount;

    private ZoneParts Merge(List<NodeEdit> edits, List<NewName> names)
    {
        var frozen = SnapshotFreezer.Freeze(before, out var newIndexes);
        if (newIndexes is not null)
        {
            edits = [.. edits.Select(edit => edit with { Node = newIndexes[edit.Node] }).OrderBy(edit => edit.Node)];
        }

        return new NodeMerger(frozen, _rrsets, edits, names).Run();
    }

    // Before anything is written that the versions share.
    private void RequireSoa(List<NodeEdit> edits)
    {
        if (edits is [{ Node: ZoneSnapshot.Apex } apex, ..]
            && !Enumerable.Range(apex.Place.First, apex.Place.Count).Any(rrset => _rrsets.RRsets[rrset].Type == RecordType.SOA))
        {
            throw new ArgumentException($"Zone {before.Origin} has no SOA at its apex.", nameof(edits));
        }
    }

    private RRsetPlace AddUnordered(ReadOnlySpan<RRsetContent> rrsets)
    {
        var ordered = rrsets.ToArray();
        Array.Sort(ordered, (left, right) => left.Type.CompareTo(right.Type));
        for (var i = 1; i < ordered.Length; i++)
        {
            if (ordered[i - 1].Type == ordered[i].Type)
            {
                throw new ArgumentException($"Type {ordered[i].Type.Mnemonic()} is given twice.", nameof(rrsets));
            }
        }

        return Add(ordered);
    }

    private static List<NodeEdit> LastOfEach(List<NodeEdit> edits)
    {
        edits.Sort((left, right) => left.Node != right.Node ? left.Node.CompareTo(right.Node) : left.Order.CompareTo(right.Order));
        var kept = 0;
        for (var i = 0; i < edits.Count; i++)
        {
            if (i + 1 == edits.Count || edits[i + 1].Node != edits[i].Node)
            {
                edits[kept++] = edits[i];
            }
        }

        edits.RemoveRange(kept, edits.Count - kept);
        return edits;
    }

    private static List<NewName> LastOfEach(List<NewName> names)
    {
        names.Sort((left, right) => left.Name.CompareTo(right.Name) is not 0 and var byName ? byName : left.Order.CompareTo(right.Order));
        var kept = 0;
        for (var i = 0; i < names.Count; i++)
        {
            var isLast = i + 1 == names.Count || names[i + 1].Name != names[i].Name;
            if (isLast && names[i].Place.Count > 0)
            {
                names[kept++] = names[i];
            }
        }

        names.RemoveRange(kept, names.Count - kept);
        return names;
    }
}

/// <summary>RRsets for a name that the zone has.</summary>
internal readonly record struct NodeEdit(int Node, RRsetPlace Place, int Order);

/// <summary>RRsets for a name that the zone lacks.</summary>
internal readonly record struct NewName(DomainName Name, RRsetPlace Place, int Order);
