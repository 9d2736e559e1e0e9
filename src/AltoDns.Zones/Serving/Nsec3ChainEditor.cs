// Replaces, adds and removes links of a chain of hashed names.

using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Serving;

/// <summary>Takes edits in any order, the last of a hash counts; used once.</summary>
internal sealed class Nsec3ChainEditor(Nsec3Chain? before)
{
    private const int Gone = -1;

    private readonly List<(byte[] Hash, int RRset)> _edits = [];
    private Nsec3Chain? _before = before;
    private Nsec3ParamData? _parameters = before?.Parameters;

    /// <summary>Octets of the RRset entries that links no longer have.</summary>
    public int Dropped { get; private set; }

    /// <summary>Drops all links. What is set before and after belongs to the new chain; null: the zone has no chain.</summary>
    public void Start(Nsec3ParamData? parameters)
    {
        Dropped += _before?.Count ?? 0;
        _before = null;
        _parameters = parameters;
    }

    /// <summary>Sets a link's RRset.</summary>
    /// <param name="hash"><see cref="Nsec3Hash.Length"/> octets.</param>
    public void Set(ReadOnlySpan<byte> hash, int rrset)
    {
        if (hash.Length != Nsec3Hash.Length)
        {
            throw new ArgumentException($"The hash of a name has {Nsec3Hash.Length} octets (RFC 5155 §5).", nameof(hash));
        }

        _edits.Add((hash.ToArray(), rrset));
    }

    public void Remove(ReadOnlySpan<byte> hash) => Set(hash, Gone);

    /// <summary>The chain with all edits made; null where the zone has none.</summary>
    /// <exception cref="InvalidOperationException">Links were set in a zone that has no chain.</exception>
    public Nsec3Chain? Build()
    {
        if (_parameters is null)
        {
            return _edits.Count == 0 ? null : throw new InvalidOperationException("The chain was not started.");
        }

        if (_edits.Count == 0 && _before is not null)
        {
            return _before;
        }

        var builder = new Nsec3ChainBuilder((_before?.Count ?? 0) + _edits.Count);
        var position = 0;
        foreach (var (hash, rrset) in InOrder())
        {
            var above = _before?.FirstAbove(hash) ?? 0;
            var isExact = above > 0 && _before!.HashOf(above - 1).SequenceEqual(hash);
            if (_before is not null)
            {
                builder.AddRange(_before, position, isExact ? above - 1 : above);
            }

            position = above;
            Dropped += isExact ? 1 : 0;
            if (rrset != Gone)
            {
                builder.AddHash(hash, rrset);
            }
        }

        if (_before is not null)
        {
            builder.AddRange(_before, position, _before.Count);
        }

        return builder.Build(_parameters);
    }

    // The last edit of each hash.
    private IEnumerable<(byte[] Hash, int RRset)> InOrder()
    {
        var order = _edits.Index()
            .Order(Comparer<(int Index, (byte[] Hash, int RRset) Item)>.Create((left, right) =>
                left.Item.Hash.AsSpan().SequenceCompareTo(right.Item.Hash) is not 0 and var byHash ? byHash : left.Index.CompareTo(right.Index)))
            .Select(entry => entry.Item)
            .ToList();
        for (var i = 0; i < order.Count; i++)
        {
            if (i + 1 == order.Count || !order[i].Hash.AsSpan().SequenceEqual(order[i + 1].Hash))
            {
                yield return order[i];
            }
        }
    }
}
