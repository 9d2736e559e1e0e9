// Appends nodes to those of a zone that goes on being read, and lets the index lead to them.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

/// <summary>
/// The nodes of the version that is being made: those of the zone before and what edits add. Where another version went on from the same
/// zone, there has to be an index of its own, which costs as much as the zone is large. Used once.
/// </summary>
internal sealed class NodeAppender(ZoneSnapshot before)
{
    private readonly PagedAppender<ZoneNode> _nodes = new(before.Parts.Nodes, before.NodeEnd);
    private readonly PagedAppender<NodePast> _past = new(before.Parts.Past, before.NodeEnd - before.Parts.Nodes.First.Length);

    // The node of this version for each of the zone before that got another.
    private readonly Dictionary<int, int> _newest = [];
    private readonly int _frozen = before.Parts.Nodes.First.Length;
    private ZoneNode _apex = before.Node(ZoneSnapshot.Apex);
    private NodeLog _log = before.Parts.Log;
    private NameIndex _index = before.Parts.Index;
    private bool _isClaimed;

    public PagedArray<ZoneNode> Nodes => _nodes.Array;

    /// <summary>Whether there is any node that the zone before has not.</summary>
    public bool IsChanged => _nodes.Count > before.NodeEnd;

    public ref readonly ZoneNode this[int node]
    {
        get
        {
            if (node == ZoneSnapshot.Apex)
            {
                return ref _apex;
            }

            return ref Nodes[node];
        }
    }

    /// <summary>To be called before anything but the apex is changed.</summary>
    /// <param name="room">Nodes of new names at most.</param>
    public void Claim(int room)
    {
        _isClaimed = true;
        if (!_log.TryClaim(before.NodeEnd))
        {
            _nodes.PartFromOthers();
            _past.PartFromOthers();
            _log = new NodeLog(_frozen, before.NodeEnd);
            _log.TryClaim(before.NodeEnd);
            _index = Indexed(room);
        }
        else if (!_index.HasRoomFor(room))
        {
            _index = Indexed(room);
        }
    }

    /// <summary>Whether no reader has the node yet.</summary>
    public bool IsOwn(int node) => node >= before.NodeEnd || node == ZoneSnapshot.Apex;

    public ref ZoneNode Writable(int node)
    {
        if (node == ZoneSnapshot.Apex)
        {
            return ref _apex;
        }

        return ref _nodes[node];
    }

    public int Newest(int node) => _newest.GetValueOrDefault(node, node);

    public int Identity(int node) => node < _frozen ? node : _past.Array[node - _frozen].Identity;

    /// <summary>The node of the name whose first node was this one.</summary>
    public int Current(int identity, NodeNames names)
    {
        if (identity == ZoneSnapshot.Apex)
        {
            return identity;
        }

        var hash = names.HashOf(identity);
        var position = _index.Start(hash);
        while (_index.TryRead(position, hash, out var node))
        {
            if (node > ZoneSnapshot.Apex && Identity(node) == identity)
            {
                return node;
            }

            position = _index.Next(position);
        }

        throw new InvalidOperationException($"A name of {before.Origin} is missing from its index.");
    }

    /// <summary>The newest node of a name, gone or not; -1 for none.</summary>
    /// <param name="parent">The identity of its parent.</param>
    public int Find(ulong hash, int parent, ReadOnlySpan<byte> label, PagedArray<byte> labels)
    {
        var position = _index.Start(hash);
        while (_index.TryRead(position, hash, out var node))
        {
            if (node > ZoneSnapshot.Apex && this[node].Parent == parent
                && labels.Slice(this[node].Label, labels[this[node].Label] + 1).SequenceEqual(label))
            {
                return node;
            }

            position = _index.Next(position);
        }

        return -1;
    }

    /// <summary>Adds the node of a name.</summary>
    /// <param name="gone">The node that the name had before; -1 for none.</param>
    public int Add(in ZoneNode node, int gone, ulong hash)
    {
        var id = Append(node, gone, gone < 0 ? -1 : Identity(gone));
        if (gone >= 0)
        {
            _index.Replace(hash, gone, id);
        }
        else
        {
            _index.Add(hash, id);
        }

        return id;
    }

    /// <summary>Adds a copy of a node in its place.</summary>
    public int Supersede(int node, ulong hash)
    {
        var id = Append(this[node], node, Identity(node));
        _newest[node] = id;
        _index.Replace(hash, node, id);
        return id;
    }

    /// <summary>The zone's parts with the nodes added; the appender is not to be used afterwards.</summary>
    public ZoneParts Build(ZoneParts parts)
    {
        if (_isClaimed)
        {
            _log.Release(_nodes.Count);
        }

        return parts with { Nodes = Nodes, Apex = _apex, NodeEnd = _nodes.Count, Past = _past.Array, Log = _log, Index = _index };
    }

    private int Append(in ZoneNode node, int earlier, int identity)
    {
        var id = _nodes.Add(node);
        _past.Add(new NodePast(earlier, identity < 0 ? id : identity));
        _log.Publish(_past.Array);
        return id;
    }

    private NameIndex Indexed(int room) =>
        NameIndex.Of(before.Names, before.InOrder, before.Origin, NameIndex.RoomFor(Math.Max(before.NodeCount, DomainName.MaxLabels) + room));
}
