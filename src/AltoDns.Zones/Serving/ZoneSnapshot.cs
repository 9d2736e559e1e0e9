// A zone as it is served: arrays of names and RRsets, shared by all readers and by the versions of the zone.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Serving;

/// <summary>
/// One zone, which never changes. Node 0 is the apex; every ancestor of a node down from the apex is a node, so that existence is monotonic
/// in depth and the closest encloser is found by bisection. The nodes of a frozen zone stand in canonical order; a version that was edited
/// out of it has others behind them, see <see cref="SnapshotEditor"/>.
/// </summary>
public sealed class ZoneSnapshot
{
    private readonly ZoneNode[] _frozen;

    // Nodes with numbers from 1 to here are where their numbers say.
    private readonly int _lastFrozen;
    private readonly int _end;
    private readonly PagedArray<RRset> _rrsets;
    private readonly byte[] _frozenLabels;
    private readonly OctetStore _data;
    private readonly NameIndex _index;
    private readonly ZoneDepths _depths;
    private readonly PagedArray<ZoneNode> _nodes;
    private readonly ZoneNode _apex;
    private readonly PagedArray<SignatureRun> _signatures;

    internal ZoneSnapshot(DomainName origin, ZoneParts parts)
    {
        Origin = origin;
        OriginDepth = origin.LabelCount;
        Parts = parts;
        _nodes = parts.Nodes;
        _frozen = parts.Nodes.First;
        _lastFrozen = _frozen.Length - 1;
        _end = parts.NodeEnd;
        _apex = parts.Apex;
        HasSignatures = parts.HasSignatures;
        _rrsets = parts.RRsets;
        _signatures = parts.Signatures;
        _frozenLabels = parts.Labels.First;
        _data = parts.Data;
        _index = parts.Index;
        _depths = parts.Depths;
        var soa = FindRRset(Apex, RecordType.SOA);
        if (soa < 0)
        {
            throw new ArgumentException($"Zone {origin} has no SOA at its apex.", nameof(parts));
        }

        SoaRRset = soa;
        NegativeSoa.ReadNumbers(DataOf(_rrsets[soa])[sizeof(ushort)..], out var serial, out var minimum);
        Serial = serial;
        NegativeTimeToLive = Math.Min(minimum, _rrsets[soa].TimeToLive);
        NegativeSoa = new NegativeSoa(origin, NegativeTimeToLive, DataOf(_rrsets[soa])[sizeof(ushort)..]);
    }

    /// <summary>The apex's index.</summary>
    public const int Apex = 0;

    /// <summary>The name of the apex, in lower case.</summary>
    public DomainName Origin { get; }

    /// <summary>Labels of the origin.</summary>
    public int OriginDepth { get; }

    public uint Serial { get; }

    /// <summary>The index of the SOA RRset.</summary>
    public int SoaRRset { get; }

    /// <summary>Seconds for which an absence may be cached: the smaller of the SOA's TTL and its MINIMUM (RFC 2308 §3).</summary>
    public uint NegativeTimeToLive { get; }

    /// <summary>The SOA record as negative answers have it.</summary>
    public NegativeSoa NegativeSoa { get; }

    /// <summary>The chain of hashed names; null for a zone that has none.</summary>
    public Nsec3Chain? Nsec3 => Parts.Nsec3;

    /// <summary>Whether any RRset has a signature.</summary>
    public bool HasSignatures { get; }

    /// <summary>Names, empty non-terminals included; owners of NSEC3 records are not.</summary>
    public int NodeCount => Parts.NodeCount;

    /// <summary>What no node's number reaches; more than <see cref="NodeCount"/> in an edited zone.</summary>
    public int NodeEnd => _end;

    /// <summary>The nodes in canonical order (RFC 4034 §6.1).</summary>
    public IEnumerable<int> InOrder
    {
        get
        {
            var walk = new NodeWalk(this);
            for (var node = walk.Next(); node >= 0; node = walk.Next())
            {
                yield return node;
            }
        }
    }

    /// <summary>RRsets stored; names that share one count it once, those that only earlier versions have included.</summary>
    public int RRsetCount => Parts.RRsetCount;

    /// <summary>RRsets of all names, signatures and NSEC3 records not counted; looks at every name.</summary>
    public long CountRRsets()
    {
        var count = 0L;
        foreach (var node in InOrder)
        {
            count += Node(node).RRsetCount;
        }

        return count;
    }

    /// <summary>Octets of the arrays that hold the zone.</summary>
    public long StoredOctets =>
        _nodes.Octets + Parts.Past.Octets + _rrsets.Octets + _signatures.Octets
        + (long)(Nsec3?.Count ?? 0) * (Nsec3Hash.Length + sizeof(int))
        + Parts.Labels.Octets + _data.Length + (long)_index.Capacity * 3 / 2 * sizeof(ulong);

    /// <summary>The greatest TTL in the zone, in seconds: how long a cache may hold what is in it now.</summary>
    public uint LongestTimeToLive
    {
        get
        {
            var longest = 0u;
            for (var rrset = 0; rrset < RRsetCount; rrset++)
            {
                longest = Math.Max(longest, _rrsets[rrset].TimeToLive);
            }

            return longest;
        }
    }

    /// <summary>For makers of later versions of the zone.</summary>
    internal ZoneParts Parts { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly ZoneNode Node(int node)
    {
        if ((uint)(node - 1) < (uint)_lastFrozen)
        {
            return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_frozen), node);
        }

        return ref OtherNode(node);
    }

    public ref readonly RRset RRset(int rrset) => ref _rrsets[rrset];

    /// <summary>The RRsets of a name, in ascending order of type.</summary>
    public ReadOnlySpan<RRset> RRsetsOf(int node)
    {
        ref readonly var owner = ref Node(node);
        return _rrsets.Slice(owner.FirstRRset, owner.RRsetCount);
    }

    /// <summary>The index of the first RRset of a name; the others follow.</summary>
    public int FirstRRset(int node) => Node(node).FirstRRset;

    /// <summary>The records of an RRset: each a 16-bit length and that many octets, names uncompressed.</summary>
    public ReadOnlySpan<byte> DataOf(in RRset rrset) => _data.Get(rrset.Offset, rrset.Length);

    /// <summary>The data of the RRSIG records that cover an RRset, in the form of <see cref="DataOf"/>; empty where it is not signed.</summary>
    public ReadOnlySpan<byte> SignaturesOf(int rrset)
    {
        if (!HasSignatures)
        {
            return default;
        }

        var run = _signatures[rrset];
        return run.Length == 0 ? default : _data.Get(run.Offset, run.Length);
    }

    /// <summary>The index of a name's RRset of one type, or -1.</summary>
    public int FindRRset(int node, RecordType type)
    {
        ref readonly var owner = ref Node(node);
        var rrsets = _rrsets.Slice(owner.FirstRRset, owner.RRsetCount);
        for (var i = 0; i < rrsets.Length; i++)
        {
            if (rrsets[i].Type == type)
            {
                return owner.FirstRRset + i;
            }
        }

        return -1;
    }

    /// <summary>The node of exactly this name, occluded or not; -1 where there is none.</summary>
    public int FindNode(LookupName name)
    {
        var node = FindDeepest(name);
        return Node(node).Depth == name.Depth ? node : -1;
    }

    /// <summary>The deepest existing name that equals <paramref name="name"/> or is an ancestor of it.</summary>
    /// <param name="name">A name at or below the origin.</param>
    public int FindDeepest(LookupName name)
    {
        var deepest = _depths.Limit(name);
        name.HashTo(deepest);
        var node = Probe(name, deepest);
        if (node < 0)
        {
            // Depths up to `known` exist, those from `missing` on do not.
            var known = OriginDepth;
            var missing = deepest;
            var guess = _depths.Encloser;
            node = Apex;
            while (missing - known > 1)
            {
                // Where the guess is right, two probes say so: one there, one a label deeper.
                var depth = guess > known && guess < missing ? guess : (known + missing) >> 1;
                var candidate = Probe(name, depth);
                if (candidate < 0)
                {
                    missing = depth;
                }
                else
                {
                    known = depth;
                    node = candidate;
                    guess = depth == _depths.Encloser ? depth + 1 : 0;
                }
            }
        }

        return HasName(node, name) ? node : NameDescent.FindDeepest(this, name);
    }

    /// <summary>Writes a node's name in wire form, lower case.</summary>
    /// <param name="node">A node's index.</param>
    /// <param name="name">Room for 255 octets.</param>
    /// <returns>The octets written.</returns>
    public int WriteName(int node, Span<byte> name) => Names.WriteName(node, name);

    /// <summary>A node's name, in lower case.</summary>
    public DomainName NameOf(int node)
    {
        Span<byte> wire = stackalloc byte[DomainName.MaxLength];
        DomainName.TryFromWire(wire[..WriteName(node, wire)], out var name);
        return name;
    }

    /// <summary>The topmost zone cut or DNAME owner that is an ancestor of an occluded name.</summary>
    public int FindOccluder(int node) => (Node(node).Flags & NodeFlags.Occluded) == 0 ? node : FindOccluderAbove(node);
    /// <summary>The node that a name has in this version, from one that it had earlier, such as <see cref="ZoneNode.Parent"/>.</summary>
    public int Current(int node)
    {
        if (node == Apex || Parts.Order is null)
        {
            return node;
        }

        var identity = Identity(node);
        var hash = Names.HashOf(node);
        var position = _index.Start(hash);
        while (_index.TryRead(position, hash, out var found))
        {
            found = Reached(found);
            if (found >= 0 && Identity(found) == identity)
            {
                return found;
            }

            position = _index.Next(position);
        }

        return node;
    }

    /// <summary>The parent of a node in this version; the apex is its own.</summary>
    public int ParentOf(int node) => Current(Node(node).Parent);

    internal NodeNames Names => new(Origin, _nodes, Parts.Labels);

    /// <summary>The first node that the name of a node had: what the nodes of its children have as their parent.</summary>
    internal int Identity(int node) => node <= _lastFrozen ? node : Parts.Past[node - _frozen.Length].Identity;

    /// <summary>The label of a node other than the apex, length octet first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> LabelOf(int node)
    {
        return LabelAt(Node(node).Label);
    }

    /// <summary>The node that this version has for a name, from what the index leads to: that may be of a later version. -1 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Reached(int node) => node < _end ? node : Earlier(node);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> LabelAt(int start)
    {
        var labels = _frozenLabels;
        return (uint)start < (uint)labels.Length ? labels.AsSpan(start, labels[start] + 1) : OtherLabel(start);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ReadOnlySpan<byte> OtherLabel(int start) => Names.LabelAt(start);

    private int FindOccluderAbove(int node)
    {
        while ((Node(node).Flags & NodeFlags.Occluded) != 0)
        {
            node = Node(node).Parent;
        }

        return Current(node);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref readonly ZoneNode OtherNode(int node)
    {
        if (node == Apex)
        {
            return ref _apex;
        }

        return ref _nodes.Behind(node);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Earlier(int node) => Parts.Log.Earlier(node, _end);

    private int Probe(LookupName name, int depth)
    {
        if (depth == OriginDepth)
        {
            return Apex;
        }

        var hash = name.Hash(depth);
        var position = _index.Start(hash);
        while (_index.TryRead(position, hash, out var node))
        {
            node = Reached(node);
            if (node >= 0)
            {
                ref readonly var candidate = ref Node(node);
                if (candidate.Depth == depth && LabelAt(candidate.Label).SequenceEqual(name.Label(depth)))
                {
                    return node;
                }
            }

            position = _index.Next(position);
        }

        return -1;
    }

    // A probe compares the hash and the leftmost label; this compares the others, once for each lookup.
    private bool HasName(int node, LookupName name)
    {
        for (var depth = Node(node).Depth - 1; depth > OriginDepth; depth--)
        {
            node = Node(node).Parent;
            if (!LabelAt(Node(node).Label).SequenceEqual(name.Label(depth)))
            {
                return false;
            }
        }

        return true;
    }
}
