// Replaces, adds and removes links of a chain of hashed names.

using System.Runtime.InteropServices;
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

        var edits = InOrder().ToList();
        if (_before is null || _before.Count == 0)
        {
            var builder = new Nsec3ChainBuilder(edits.Count);
            edits.FindAll(edit => edit.RRset != Gone).ForEach(edit => builder.AddHash(edit.Hash, edit.RRset));
            return builder.Build(_parameters);
        }

        var pages = new List<Nsec3Page>(_before.Pages.Length + 1);
        for (int next = 0, edit = 0; next < _before.Pages.Length; next++)
        {
            var end = edit < edits.Count ? _before.PageFor(edits[edit].Hash) : _before.Pages.Length;
            pages.AddRange(_before.Pages[next..end]);
            next = end;
            if (next < _before.Pages.Length)
            {
                var first = edit;
                while (edit < edits.Count && _before.PageFor(edits[edit].Hash) == next)
                {
                    edit++;
                }

                pages.AddRange(Merge(_before.Pages[next], edits[first..edit]));
            }
        }

        return new Nsec3Chain(_parameters, [.. pages]);
    }

    private Nsec3Page[] Merge(Nsec3Page page, List<(byte[] Hash, int RRset)> edits)
    {
        var hashes = new List<byte>(page.Hashes.Length + edits.Count * Nsec3Hash.Length);
        var rrsets = new List<int>(page.Count + edits.Count);
        var position = 0;
        foreach (var (hash, rrset) in edits)
        {
            var above = page.FirstAbove(hash);
            var isExact = above > 0 && page.HashOf(above - 1).SequenceEqual(hash);
            AddRange(position, isExact ? above - 1 : above);
            position = above;
            Dropped += isExact ? 1 : 0;
            if (rrset != Gone)
            {
                hashes.AddRange(hash);
                rrsets.Add(rrset);
            }
        }

        AddRange(position, page.Count);
        return Nsec3Page.Cut(CollectionsMarshal.AsSpan(hashes), CollectionsMarshal.AsSpan(rrsets));

        void AddRange(int from, int to)
        {
            hashes.AddRange(page.Hashes.AsSpan()[(from * Nsec3Hash.Length)..(to * Nsec3Hash.Length)]);
            rrsets.AddRange(page.RRsets.AsSpan()[from..to]);
        }
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
