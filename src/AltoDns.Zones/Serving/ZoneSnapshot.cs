// A zone as it is served: frozen arrays of names and RRsets, shared by all readers.

using System.Runtime.CompilerServices;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Serving;

/// <summary>
/// One zone. Node 0 is the apex; nodes stand in canonical order; every ancestor of a node down from the apex is a node,
/// so that existence is monotonic in depth and the closest encloser is found by bisection.
/// </summary>
public sealed class ZoneSnapshot
{
    private readonly ZoneNode[] _nodes;
    private readonly RRset[] _rrsets;
    private readonly SignatureRun[] _signatures;
    private readonly byte[] _labels;
    private readonly OctetStore _data;
    private readonly NameIndex _index;
    private readonly int _maxDepth;

    internal ZoneSnapshot(DomainName origin, ZoneParts parts)
    {
        Origin = origin;
        OriginDepth = origin.LabelCount;
        Parts = parts;
        _nodes = parts.Nodes;
        _rrsets = parts.RRsets;
        _signatures = parts.Signatures;
        _labels = parts.Labels;
        _data = parts.Data;
        _index = parts.Index;
        _maxDepth = parts.MaxDepth;
        var soa = FindRRset(Apex, RecordType.SOA);
        if (soa < 0)
        {
            throw new ArgumentException($"Zone {origin} has no SOA at its apex.", nameof(parts));
        }

        SoaRRset = soa;
        ReadSoa(out var serial, out var minimum);
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
    public bool HasSignatures => _signatures.Length > 0;

    /// <summary>Names, empty non-terminals included; owners of NSEC3 records are not.</summary>
    public int NodeCount => _nodes.Length;

    /// <summary>RRsets stored; names that share one count it once.</summary>
    public int RRsetCount => Parts.RRsetCount;

    /// <summary>Octets of the arrays that hold the zone.</summary>
    public long StoredOctets =>
        (long)_nodes.Length * Unsafe.SizeOf<ZoneNode>() + (long)_rrsets.Length * Unsafe.SizeOf<RRset>()
        + (long)_signatures.Length * Unsafe.SizeOf<SignatureRun>() + (long)(Nsec3?.Count ?? 0) * (Nsec3Hash.Length + sizeof(int))
        + _labels.Length + _data.Length + (long)_index.Capacity * 3 / 2 * sizeof(ulong);

    /// <summary>The greatest TTL in the zone, in seconds: how long a cache may hold what is in it now.</summary>
    public uint LongestTimeToLive
    {
        get
        {
            var longest = 0u;
            foreach (ref readonly var rrset in _rrsets.AsSpan(0, RRsetCount))
            {
                longest = Math.Max(longest, rrset.TimeToLive);
            }

            return longest;
        }
    }

    /// <summary>For makers of later versions of the zone.</summary>
    internal ZoneParts Parts { get; }

    public ref readonly ZoneNode Node(int node) => ref _nodes[node];

    public ref readonly RRset RRset(int rrset) => ref _rrsets[rrset];

    /// <summary>The RRsets of a name, in ascending order of type.</summary>
    public ReadOnlySpan<RRset> RRsetsOf(int node) => _rrsets.AsSpan(_nodes[node].FirstRRset, _nodes[node].RRsetCount);

    /// <summary>The index of the first RRset of a name; the others follow.</summary>
    public int FirstRRset(int node) => _nodes[node].FirstRRset;

    /// <summary>The records of an RRset: each a 16-bit length and that many octets, names uncompressed.</summary>
    public ReadOnlySpan<byte> DataOf(in RRset rrset) => _data.Get(rrset.Offset, rrset.Length);

    /// <summary>The data of the RRSIG records that cover an RRset, in the form of <see cref="DataOf"/>; empty where it is not signed.</summary>
    public ReadOnlySpan<byte> SignaturesOf(int rrset)
    {
        if (_signatures.Length == 0)
        {
            return default;
        }

        var run = _signatures[rrset];
        return run.Length == 0 ? default : _data.Get(run.Offset, run.Length);
    }

    /// <summary>The index of a name's RRset of one type, or -1.</summary>
    public int FindRRset(int node, RecordType type)
    {
        ref readonly var owner = ref _nodes[node];
        for (var i = 0; i < owner.RRsetCount; i++)
        {
            if (_rrsets[owner.FirstRRset + i].Type == type)
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
        return _nodes[node].Depth == name.Depth ? node : -1;
    }

    /// <summary>The deepest existing name that equals <paramref name="name"/> or is an ancestor of it.</summary>
    /// <param name="name">A name at or below the origin.</param>
    public int FindDeepest(LookupName name)
    {
        var deepest = Math.Min(name.Depth, _maxDepth);
        name.HashTo(deepest);
        var node = Probe(name, deepest);
        if (node < 0)
        {
            // Depths up to `known` exist, those from `missing` on do not.
            var known = OriginDepth;
            var missing = deepest;
            node = Apex;
            while (missing - known > 1)
            {
                var middle = (known + missing) >> 1;
                var candidate = Probe(name, middle);
                if (candidate < 0)
                {
                    missing = middle;
                }
                else
                {
                    known = middle;
                    node = candidate;
                }
            }
        }

        return HasName(node, name) ? node : FindDeepestByDescent(name);
    }

    /// <summary>Writes a node's name in wire form, lower case.</summary>
    /// <param name="node">A node's index.</param>
    /// <param name="name">Room for 255 octets.</param>
    /// <returns>The octets written.</returns>
    public int WriteName(int node, Span<byte> name)
    {
        var position = 0;
        while (node != Apex)
        {
            var label = LabelOf(node);
            label.CopyTo(name[position..]);
            position += label.Length;
            node = _nodes[node].Parent;
        }

        Origin.Wire.CopyTo(name[position..]);
        return position + Origin.Length;
    }

    /// <summary>A node's name, in lower case.</summary>
    public DomainName NameOf(int node)
    {
        Span<byte> wire = stackalloc byte[DomainName.MaxLength];
        DomainName.TryFromWire(wire[..WriteName(node, wire)], out var name);
        return name;
    }

    /// <summary>The topmost zone cut or DNAME owner that is an ancestor of an occluded name.</summary>
    public int FindOccluder(int node)
    {
        while ((_nodes[node].Flags & NodeFlags.Occluded) != 0)
        {
            node = _nodes[node].Parent;
        }

        return node;
    }

    /// <summary>The label of a node other than the apex, length octet first.</summary>
    internal ReadOnlySpan<byte> LabelOf(int node)
    {
        var start = _nodes[node].Label;
        return _labels.AsSpan(start, _labels[start] + 1);
    }

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
            if (node >= 0 && _nodes[node].Depth == depth && LabelOf(node).SequenceEqual(name.Label(depth)))
            {
                return node;
            }

            position = _index.Next(position);
        }

        return -1;
    }

    // A probe compares the hash and one label; this compares the others, once for each lookup.
    private bool HasName(int node, LookupName name)
    {
        for (var depth = _nodes[node].Depth; depth > OriginDepth; depth--)
        {
            if (!LabelOf(node).SequenceEqual(name.Label(depth)))
            {
                return false;
            }

            node = _nodes[node].Parent;
        }

        return true;
    }

    // Two names with one hash: rare enough that only correctness counts here.
    private int FindDeepestByDescent(LookupName name)
    {
        var parent = Apex;
        for (var depth = OriginDepth + 1; depth <= name.Depth; depth++)
        {
            var child = FindChild(parent, name, depth);
            if (child < 0)
            {
                break;
            }

            parent = child;
        }

        return parent;
    }

    private int FindChild(int parent, LookupName name, int depth)
    {
        var hash = name.Hash(depth);
        var position = _index.Start(hash);
        while (_index.TryRead(position, hash, out var node))
        {
            if (node > Apex && _nodes[node].Parent == parent && LabelOf(node).SequenceEqual(name.Label(depth)))
            {
                return node;
            }

            position = _index.Next(position);
        }

        return -1;
    }

    private void ReadSoa(out uint serial, out uint minimum)
    {
        var reader = new WireReader(DataOf(_rrsets[SoaRRset])[sizeof(ushort)..]);
        _ = reader.TryReadName(out _) & reader.TryReadName(out _);
        _ = reader.TryReadUInt32(out serial);
        _ = reader.TryReadOctets(3 * sizeof(uint), out _);
        _ = reader.TryReadUInt32(out minimum);
    }
}
