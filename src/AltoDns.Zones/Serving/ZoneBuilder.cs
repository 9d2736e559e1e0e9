// Gathers the names and records of one zone, in any order, and freezes them into a snapshot.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>
/// A zone under construction. Nodes are numbered as they are added, a parent always before its children; node 0 is the apex.
/// Not safe for several threads.
/// </summary>
public sealed class ZoneBuilder
{
    // "*" with its length octet, and room for the hash to read eight octets.
    private static readonly byte[] PaddedWildcard = [1, (byte)'*', 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly LookupName _lookup = new();
    private readonly LabelStore _labels = new();
    private readonly List<SharedRRsets> _shared = [];
    private readonly int _wildcardLabel;
    private readonly NameIndex _index;

    // The nodes of the name added last, by depth: names mostly come next to each other, so most of the path is known.
    private readonly int[] _path = new int[DomainName.MaxLabels + 1];
    private int _pathDepth;
    private BuilderNode[] _nodes;
    private BuilderRecord[] _records = new BuilderRecord[16];
    private byte[] _data = new byte[256];
    private int _dataLength;

    /// <param name="origin">The name of the apex.</param>
    /// <param name="expectedNames">How many names to make room for at once; a guess is fine.</param>
    public ZoneBuilder(DomainName origin, int expectedNames = 0)
    {
        Origin = origin.ToLower();
        var capacity = Math.Max(expectedNames, 8);
        _nodes = new BuilderNode[capacity];
        _index = new NameIndex(capacity);
        _wildcardLabel = _labels.Add(PaddedWildcard.AsSpan(0, 2));
        _lookup.Set(Origin.Wire);
        OriginDepth = _lookup.Depth;
        _lookup.HashTo(OriginDepth);
        _pathDepth = OriginDepth;
        AppendNode(parent: 0, label: 0, _lookup.Hash(OriginDepth), OriginDepth);
    }

    public DomainName Origin { get; }

    public int OriginDepth { get; }

    /// <summary>Names so far, empty non-terminals included.</summary>
    public int NodeCount { get; private set; }

    /// <summary>Records so far, those of shared RRsets not counted.</summary>
    public int RecordCount { get; private set; }

    internal ReadOnlySpan<BuilderNode> Nodes => _nodes.AsSpan(0, NodeCount);

    internal ReadOnlySpan<BuilderRecord> Records => _records.AsSpan(0, RecordCount);

    internal ReadOnlySpan<byte> Data => _data.AsSpan(0, _dataLength);

    internal LabelStore Labels => _labels;

    internal NameIndex Index => _index;

    internal IReadOnlyList<SharedRRsets> Shared => _shared;

    /// <summary>The node of a name at or below the origin; it and its missing ancestors are added where absent.</summary>
    /// <exception cref="ArgumentException">The name is outside the zone.</exception>
    public int AddName(ReadOnlySpan<byte> name)
    {
        _lookup.Set(name);
        if (_lookup.Depth < OriginDepth || !_lookup.Suffix(OriginDepth).SequenceEqual(Origin.Wire))
        {
            throw new ArgumentException("The name lies outside the zone.", nameof(name));
        }

        _lookup.HashTo(_lookup.Depth);
        var known = KnownDepth();
        var depth = _lookup.Depth;
        var node = Find(depth, known);
        while (node < 0)
        {
            node = Find(--depth, known);
        }

        while (depth < _lookup.Depth)
        {
            node = AppendNode(node, _labels.Add(_lookup.Label(++depth)), _lookup.Hash(depth), depth);
        }

        RememberPath(node, known);
        return node;
    }

    /// <summary>The wildcard directly below a node, added where absent (RFC 4592 §2.1.1).</summary>
    public int AddWildcard(int node) => AddChild(node, PaddedWildcard, _wildcardLabel);

    /// <summary>The node directly below another that has this label, added where absent.</summary>
    /// <param name="label">Without its length octet, in lower case; the name must not get longer than 255 octets by it.</param>
    public int AddChild(int node, ReadOnlySpan<byte> label)
    {
        Span<byte> padded = stackalloc byte[1 + DomainName.MaxLabelLength + sizeof(ulong)];
        padded.Clear();
        padded[0] = (byte)label.Length;
        label.CopyTo(padded[1..]);
        return AddChild(node, padded, _labels.Add(padded[..(1 + label.Length)]));
    }

    /// <inheritdoc cref="AddName(ReadOnlySpan{byte})"/>
    public int AddName(DomainName name) => AddName(name.Wire);

    /// <summary>The node of a name, or -1 where it is not in the zone.</summary>
    public int FindName(DomainName name)
    {
        _lookup.Set(name.Wire);
        _lookup.HashTo(_lookup.Depth);
        var outside = _lookup.Depth < OriginDepth || !_lookup.Suffix(OriginDepth).SequenceEqual(Origin.Wire);
        return outside ? -1 : Find(_lookup.Depth, OriginDepth);
    }

    /// <summary>The node's parent; the apex is its own.</summary>
    public int ParentOf(int node) => _nodes[node].Parent;

    /// <summary>Labels of the node's name, the root not counted.</summary>
    public int DepthOf(int node) => _nodes[node].Depth;

    /// <summary>The node's leftmost label in lower case, without its length octet; for a node other than the apex.</summary>
    public ReadOnlySpan<byte> LabelOf(int node) => _labels.Get(_nodes[node].Label)[1..];

    /// <summary>Writes a node's name in wire form.</summary>
    /// <param name="name">Room for 255 octets.</param>
    /// <returns>Octets written.</returns>
    public int WriteName(int node, Span<byte> name)
    {
        var position = 0;
        for (; node != 0; node = _nodes[node].Parent)
        {
            var label = _labels.Get(_nodes[node].Label);
            label.CopyTo(name[position..]);
            position += label.Length;
        }

        Origin.Wire.CopyTo(name[position..]);
        return position + Origin.Length;
    }

    /// <summary>A node's name.</summary>
    public DomainName NameOf(int node)
    {
        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        DomainName.TryFromWire(name[..WriteName(node, name)], out var result);
        return result;
    }

    /// <summary>Whether the node owns a record of this type, shared RRsets not looked at.</summary>
    public bool HasRecord(int node, RecordType type)
    {
        for (var record = _nodes[node].FirstRecord; record >= 0; record = _records[record].Next)
        {
            if (_records[record].Type == type)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds one record to a node. A record that is there already is dropped when the zone is frozen (RFC 2181 §5).</summary>
    /// <param name="timeToLive">Seconds; an RRset takes the smallest of its records.</param>
    public void AddRecord(int node, uint timeToLive, RecordData data) => AddRecord(node, timeToLive, data.RecordType, data.ToWire());

    /// <inheritdoc cref="AddRecord(int, uint, RecordData)"/>
    /// <param name="data">Names uncompressed, at most 65,535 octets.</param>
    public void AddRecord(int node, uint timeToLive, RecordType type, ReadOnlySpan<byte> data)
    {
        GrowableArray.EnsureRoom(ref _records, RecordCount + 1);
        GrowableArray.EnsureRoom(ref _data, _dataLength + data.Length);
        data.CopyTo(_data.AsSpan(_dataLength));
        _records[RecordCount] = new BuilderRecord
        {
            Type = type,
            Length = checked((ushort)data.Length),
            TimeToLive = timeToLive,
            Offset = _dataLength,
            Next = -1,
        };
        _dataLength += data.Length;
        ref var owner = ref _nodes[node];
        if (owner.FirstRecord < 0)
        {
            owner.FirstRecord = RecordCount;
        }
        else
        {
            _records[owner.LastRecord].Next = RecordCount;
        }

        owner.LastRecord = RecordCount++;
    }

    /// <summary>Removes the records of a node that a test picks.</summary>
    public void RemoveRecords(int node, Func<RecordType, ReadOnlyMemory<byte>, bool> remove)
    {
        ref var owner = ref _nodes[node];
        var previous = -1;
        for (var record = owner.FirstRecord; record >= 0; record = _records[record].Next)
        {
            var entry = _records[record];
            if (!remove(entry.Type, _data.AsMemory(entry.Offset, entry.Length)))
            {
                previous = record;
                continue;
            }

            if (previous < 0)
            {
                owner.FirstRecord = entry.Next;
            }
            else
            {
                _records[previous].Next = entry.Next;
            }
        }

        owner.LastRecord = previous;
    }

    /// <summary>Defines RRsets that any number of nodes may carry without a copy.</summary>
    /// <returns>What <see cref="Share"/> takes; 1 or more.</returns>
    public int DefineShared(IReadOnlyList<RecordData> records, uint timeToLive)
    {
        _shared.Add(new SharedRRsets(records, timeToLive));
        return _shared.Count;
    }

    /// <summary>Gives a node the RRsets of <see cref="DefineShared"/>, in place of those shared earlier; own records of the same type join them.</summary>
    public void Share(int node, int shared) => _nodes[node].Shared = shared;

    /// <summary>The value last given to <see cref="Share"/>; 0 for none.</summary>
    public int SharedOf(int node) => _nodes[node].Shared;

    /// <summary>Freezes what was gathered. The builder is not to be used afterwards.</summary>
    /// <exception cref="ArgumentException">The apex has no SOA.</exception>
    public ZoneSnapshot Freeze() => new ZoneFreezer(this).Freeze();

    // How many labels of the looked-up name are those of the name added last, counted from the root.
    private int KnownDepth()
    {
        var depth = OriginDepth;
        var end = Math.Min(_pathDepth, _lookup.Depth);
        while (depth < end && _labels.Get(_nodes[_path[depth + 1]].Label).SequenceEqual(_lookup.Label(depth + 1)))
        {
            depth++;
        }

        return depth;
    }

    private void RememberPath(int node, int known)
    {
        _pathDepth = _nodes[node].Depth;
        for (var depth = _pathDepth; depth > known; depth--)
        {
            _path[depth] = node;
            node = _nodes[node].Parent;
        }
    }

    // The node of the looked-up name's suffix of this depth, or -1; down to `known` labels it is the name added last.
    private int Find(int depth, int known)
    {
        if (depth <= known)
        {
            return _path[depth];
        }

        var hash = _lookup.Hash(depth);
        var position = _index.Start(hash);
        while (_index.TryRead(position, hash, out var node))
        {
            if (node >= 0 && _nodes[node].Hash == hash && _nodes[node].Depth == depth && HasName(node, known))
            {
                return node;
            }

            position = _index.Next(position);
        }

        return -1;
    }

    private bool HasName(int node, int known)
    {
        int depth = _nodes[node].Depth;
        while (depth > known)
        {
            if (!_labels.Get(_nodes[node].Label).SequenceEqual(_lookup.Label(depth)))
            {
                return false;
            }

            node = _nodes[node].Parent;
            depth--;
        }

        return node == _path[depth];
    }

    // The label with its length octet, and room for the hash to read eight octets.
    private int AddChild(int node, ReadOnlySpan<byte> padded, int label)
    {
        var hash = NameHash.Extend(_nodes[node].Hash, padded);
        var position = _index.Start(hash);
        while (_index.TryRead(position, hash, out var candidate))
        {
            // Its own parent tells the apex, the only node that is no child.
            if (candidate > 0 && _nodes[candidate].Parent == node && _nodes[candidate].Label == label)
            {
                return candidate;
            }

            position = _index.Next(position);
        }

        return AppendNode(node, label, hash, _nodes[node].Depth + 1);
    }

    private int AppendNode(int parent, int label, ulong hash, int depth)
    {
        GrowableArray.EnsureRoom(ref _nodes, NodeCount + 1);
        _nodes[NodeCount] = new BuilderNode
        {
            Hash = hash,
            Parent = parent,
            Label = label,
            Depth = (byte)depth,
            FirstRecord = -1,
            LastRecord = -1,
        };
        if (NodeCount == _index.Capacity)
        {
            _index.Grow();
            for (var node = 0; node < NodeCount; node++)
            {
                _index.Add(_nodes[node].Hash, node);
            }
        }

        _index.Add(hash, NodeCount);
        return NodeCount++;
    }
}
