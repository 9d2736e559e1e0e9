// Which links of an NSEC3 chain change with some names of the zone: their own and those before them on the ring.

using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>A link to be set.</summary>
/// <param name="RRset">Its RRset in the zone before; -1 for a new one.</param>
internal readonly record struct Nsec3Link(byte[] Hash, RRsetContent Content, int RRset);

/// <summary>Compares the chain of the signed zone before with the names of the zone as it is now. Used once.</summary>
internal sealed class Nsec3Changes
{
    private static readonly Comparer<byte[]> ByHash = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    private readonly ZoneSnapshot _zone;
    private readonly ZoneSnapshot _previous;
    private readonly Nsec3Chain _chain;
    private readonly SigningTerms _terms;
    private readonly HashSet<int> _gone = [];

    // The links to write, each with its bitmap; null where that stays.
    private readonly SortedDictionary<byte[], byte[]?> _written = new(ByHash);
    private readonly List<byte[]> _added = [];

    private Nsec3Changes(ZoneSnapshot zone, ZoneSnapshot previous, SigningTerms terms)
    {
        (_zone, _previous, _terms) = (zone, previous, terms);
        _chain = previous.Nsec3!;
    }

    /// <summary>Links to be set, in ascending order of their hashes.</summary>
    public List<Nsec3Link> Links { get; } = [];

    /// <summary>The hashes of links to be removed.</summary>
    public List<byte[]> Removed { get; } = [];

    /// <param name="zone">The unsigned zone as it is now.</param>
    /// <param name="previous">The signed zone before; it has a chain.</param>
    /// <param name="changed">Names whose RRsets differ, those added and removed included.</param>
    public static Nsec3Changes Of(ZoneSnapshot zone, ZoneSnapshot previous, SigningTerms terms, IReadOnlyCollection<DomainName> changed)
    {
        var changes = new Nsec3Changes(zone, previous, terms);
        changes.CompareNames(changed);
        changes.WritePredecessors();
        foreach (var (hash, bitmap) in changes._written)
        {
            changes.Write(hash, bitmap);
        }

        return changes;
    }

    private void CompareNames(IReadOnlyCollection<DomainName> changed)
    {
        var lookup = new LookupName();
        var bitmaps = new DenialBitmap();
        var hash = new byte[Nsec3Hash.Length];
        foreach (var name in WithAncestors(changed))
        {
            lookup.Set(name.Wire);
            Nsec3Hash.Compute(lookup.Wire, _chain.Parameters, hash);
            var link = _chain.Find(hash, out var isThere);
            var node = _zone.FindNode(lookup);
            if (node >= 0 && DenialTypes.IsHashed(_zone, node, _terms.HasOptOut))
            {
                var bitmap = BitmapOf(node, bitmaps);
                if (!isThere)
                {
                    _added.Add([.. hash]);
                }

                if (!isThere || !BitmapOf(link).SequenceEqual(bitmap))
                {
                    _written[[.. hash]] = bitmap.ToArray();
                }
            }
            else if (isThere && _gone.Add(link))
            {
                Removed.Add([.. hash]);
            }
        }

        _added.Sort(ByHash);
    }

    // An empty non-terminal comes and goes with the names below it.
    private HashSet<DomainName> WithAncestors(IReadOnlyCollection<DomainName> names)
    {
        var all = new HashSet<DomainName> { _zone.Origin };
        foreach (var name in names)
        {
            for (var ancestor = name; all.Add(ancestor); ancestor = ancestor.Parent)
            {
            }
        }

        return all;
    }

    private ReadOnlySpan<byte> BitmapOf(int node, DenialBitmap bitmaps)
    {
        var flags = _zone.Node(node).Flags;
        return node == ZoneSnapshot.Apex
            ? bitmaps.Of(ApexRecords.Of(_zone, _terms), flags, hasNsec: false)
            : bitmaps.Of(_zone.RRsetsOf(node), flags, hasNsec: false);
    }

    private ReadOnlySpan<byte> BitmapOf(int link) =>
        _previous.DataOf(_previous.RRset(_chain.RRsetOf(link)))[(sizeof(ushort) + Nsec3Names.FixedLength)..];

    private void WritePredecessors()
    {
        foreach (var hash in _added.Concat(Removed))
        {
            _written.TryAdd(Before(hash), null);
        }
    }

    private void Write(byte[] hash, byte[]? bitmap)
    {
        var link = _chain.Find(hash, out var isThere);
        var types = bitmap ?? BitmapOf(link);
        var run = new byte[sizeof(ushort) + Nsec3Names.FixedLength + types.Length];
        BinaryPrimitives.WriteUInt16BigEndian(run, (ushort)(run.Length - sizeof(ushort)));
        Nsec3Names.Write(run.AsSpan(sizeof(ushort)), _terms.HasOptOut, After(hash), types);
        Links.Add(new Nsec3Link(hash, RRsetContent.Of(RecordType.NSEC3, _zone.NegativeTimeToLive, run), isThere ? _chain.RRsetOf(link) : -1));
    }

    // The neighbours on the ring as it will be: what stays of the chain, and what is added.
    private byte[] Before(byte[] hash)
    {
        var link = _chain.Find(hash, out var isExact) - (isExact ? 1 : 0);
        link = link >= 0 && _chain.HashOf(link).SequenceCompareTo(hash) < 0 ? StayingDown(link) : -1;
        var added = Place(hash) - 1;
        if (link < 0 && added < 0)
        {
            link = StayingDown(_chain.Count - 1);
            added = _added.Count - 1;
        }

        return Choose(link, added, wantsGreater: true);
    }

    private byte[] After(byte[] hash)
    {
        var link = _chain.Find(hash, out _);
        link = StayingUp(link >= 0 && _chain.HashOf(link).SequenceCompareTo(hash) <= 0 ? link + 1 : 0);
        var added = Place(hash);
        added += added < _added.Count && _added[added].AsSpan().SequenceEqual(hash) ? 1 : 0;
        if (link == _chain.Count && added == _added.Count)
        {
            link = StayingUp(0);
            added = 0;
        }

        return Choose(link == _chain.Count ? -1 : link, added == _added.Count ? -1 : added, wantsGreater: false);
    }

    private byte[] Choose(int link, int added, bool wantsGreater)
    {
        if (link < 0)
        {
            return _added[added];
        }

        var hash = _chain.HashOf(link).ToArray();
        return added >= 0 && ByHash.Compare(_added[added], hash) > 0 == wantsGreater ? _added[added] : hash;
    }

    // Where a hash is or would be among those added.
    private int Place(byte[] hash) => _added.BinarySearch(hash, ByHash) is var place && place < 0 ? ~place : place;

    private int StayingDown(int link)
    {
        while (link >= 0 && _gone.Contains(link))
        {
            link--;
        }

        return link;
    }

    private int StayingUp(int link)
    {
        while (link < _chain.Count && _gone.Contains(link))
        {
            link++;
        }

        return link;
    }
}
