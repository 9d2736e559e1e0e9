// The hashed names of a zone in the order of their hashes: what proves a denial without naming names (RFC 5155).

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Serving;

/// <summary>Immutable. Links are numbered in ascending order of their hashes. The versions of a zone share the pages of links that none of them edited.</summary>
public sealed class Nsec3Chain
{
    // 160 bits in characters of five, and the length octet.
    private const int HashLabelLength = 1 + Nsec3Hash.Length * 8 / 5;

    private readonly Nsec3Page[] _pages;

    // The first link of each page, and the number of all.
    private readonly int[] _starts;

    /// <param name="hashes">Each <see cref="Nsec3Hash.Length"/> octets, ascending.</param>
    /// <param name="rrsets">For each hash its NSEC3 RRset's index in the zone.</param>
    internal Nsec3Chain(Nsec3ParamData parameters, ReadOnlySpan<byte> hashes, ReadOnlySpan<int> rrsets)
        : this(parameters, Nsec3Page.Cut(hashes, rrsets))
    {
    }

    /// <param name="pages">In ascending order of their hashes; none is empty.</param>
    internal Nsec3Chain(Nsec3ParamData parameters, Nsec3Page[] pages)
    {
        Parameters = parameters;
        _pages = pages;
        _starts = new int[pages.Length + 1];
        for (var page = 0; page < pages.Length; page++)
        {
            _starts[page + 1] = _starts[page] + pages[page].Count;
        }
    }

    /// <summary>
    /// Additional rounds of the hash up to which names are hashed for an answer. No validator looks at a proof that took more: they treat the
    /// zone as unsigned, or fail, from fewer on (RFC 9276 §3.2, appendix A; RFC 5155 §10.3 has the same number for the shortest keys).
    /// </summary>
    public const int MaxIterations = 150;

    /// <summary>How names are hashed.</summary>
    public Nsec3ParamData Parameters { get; }

    /// <summary>Whether answers hash names: with too many iterations a flood of questions would cost too much.</summary>
    public bool IsAffordable => Parameters.Iterations <= MaxIterations;

    public int Count => _starts[^1];

    internal ReadOnlySpan<Nsec3Page> Pages => _pages;

    /// <summary>The hash of a link.</summary>
    public ReadOnlySpan<byte> HashOf(int link)
    {
        var page = PageOf(link);
        return _pages[page].HashOf(link - _starts[page]);
    }

    /// <summary>The name that owns a link's NSEC3 RRset (RFC 5155 §3).</summary>
    /// <param name="origin">The zone's, short enough that a label of 32 characters fits before it.</param>
    public DomainName OwnerOf(int link, DomainName origin)
    {
        Span<byte> name = stackalloc byte[HashLabelLength + DomainName.MaxLength];
        return DomainName.TryFromWire(name[..WriteOwner(link, origin, name)], out var owner)
            ? owner
            : throw new InvalidOperationException($"Zone {origin} has a name too long for NSEC3.");
    }

    /// <summary>Writes that name in wire form, lower case.</summary>
    /// <param name="name">Room for it.</param>
    /// <returns>Octets written.</returns>
    public int WriteOwner(int link, DomainName origin, Span<byte> name)
    {
        name[0] = (byte)Base32Hex.EncodeLower(HashOf(link), name[1..]);
        origin.Wire.CopyTo(name[HashLabelLength..]);
        return HashLabelLength + origin.Length;
    }

    /// <summary>The index of a link's NSEC3 RRset in the zone.</summary>
    public int RRsetOf(int link)
    {
        var page = PageOf(link);
        return _pages[page].RRsets[link - _starts[page]];
    }

    /// <summary>The link of the greatest hash that is not above <paramref name="hash"/>; the last link where all are above it, as the chain is a ring.</summary>
    /// <param name="isExact">Whether the link has this very hash: it matches, and does not only cover (RFC 5155 §1.3).</param>
    /// <returns>-1 for an empty chain.</returns>
    public int Find(ReadOnlySpan<byte> hash, out bool isExact)
    {
        var above = FirstAbove(hash);
        isExact = above > 0 && HashOf(above - 1).SequenceEqual(hash);
        return above > 0 ? above - 1 : Count - 1;
    }

    /// <summary>The same links with their RRsets at other places.</summary>
    internal Nsec3Chain WithRRsets(Func<int, int> newIndex) =>
        new(Parameters, Array.ConvertAll(_pages, page => page with { RRsets = Array.ConvertAll(page.RRsets, rrset => newIndex(rrset)) }));

    /// <summary>The first link whose hash is above <paramref name="hash"/>; <see cref="Count"/> for none.</summary>
    internal int FirstAbove(ReadOnlySpan<byte> hash)
    {
        if (Count == 0)
        {
            return 0;
        }

        var page = PageFor(hash);
        return _starts[page] + _pages[page].FirstAbove(hash);
    }

    /// <summary>The page that has the hash or would have it; there is one at least.</summary>
    internal int PageFor(ReadOnlySpan<byte> hash)
    {
        // Hashes are spread evenly, so the first octets tell about where one is; from there in steps that double, and bisection between two of them.
        var guess = (int)((ulong)BinaryPrimitives.ReadUInt32BigEndian(hash) * (uint)_pages.Length >> 32);
        var low = guess;
        for (var step = 1; low > 0 && _pages[low].HashOf(0).SequenceCompareTo(hash) > 0; step *= 2)
        {
            low = Math.Max(low - step, 0);
        }

        var high = guess + 1;
        for (var step = 1; high < _pages.Length && _pages[high].HashOf(0).SequenceCompareTo(hash) <= 0; step *= 2)
        {
            high = Math.Min(high + step, _pages.Length);
        }

        // The page is `low` or one before `high`.
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _pages[middle].HashOf(0).SequenceCompareTo(hash) <= 0 ? (middle, high) : (low, middle);
        }

        return low;
    }

    private int PageOf(int link)
    {
        var place = _starts.AsSpan(0, _pages.Length).BinarySearch(link);
        return place < 0 ? ~place - 1 : place;
    }
}

/// <summary>Collects the links of a chain in ascending order.</summary>
internal sealed class Nsec3ChainBuilder(int expectedLinks = 0)
{
    private readonly List<byte> _hashes = new(expectedLinks * Nsec3Hash.Length);
    private readonly List<int> _rrsets = new(expectedLinks);

    /// <summary>Adds the owner of an NSEC3 RRset; one whose label is not a hash is left out (RFC 5155 §8.2).</summary>
    public void Add(ReadOnlySpan<byte> label, int rrset)
    {
        if (Base32Hex.TryDecode(label, out var hash) && hash.Length == Nsec3Hash.Length)
        {
            AddHash(hash, rrset);
        }
    }

    /// <summary>Adds a link.</summary>
    /// <param name="hash"><see cref="Nsec3Hash.Length"/> octets.</param>
    public void AddHash(ReadOnlySpan<byte> hash, int rrset)
    {
        _hashes.AddRange(hash);
        _rrsets.Add(rrset);
    }

    public Nsec3Chain Build(Nsec3ParamData parameters) => new(parameters, CollectionsMarshal.AsSpan(_hashes), CollectionsMarshal.AsSpan(_rrsets));
}
