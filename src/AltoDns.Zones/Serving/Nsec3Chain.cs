// The hashed names of a zone in the order of their hashes: what proves a denial without naming names (RFC 5155).

using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Serving;

/// <summary>Immutable. Links are numbered in ascending order of their hashes.</summary>
public sealed class Nsec3Chain
{
    // 160 bits in characters of five, and the length octet.
    private const int HashLabelLength = 1 + Nsec3Hash.Length * 8 / 5;

    private readonly byte[] _hashes;
    private readonly int[] _rrsets;

    /// <param name="hashes">Each <see cref="Nsec3Hash.Length"/> octets, ascending.</param>
    /// <param name="rrsets">For each hash its NSEC3 RRset's index in the zone.</param>
    internal Nsec3Chain(Nsec3ParamData parameters, byte[] hashes, int[] rrsets)
    {
        Parameters = parameters;
        _hashes = hashes;
        _rrsets = rrsets;
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

    public int Count => _rrsets.Length;

    internal ReadOnlySpan<byte> Hashes => _hashes;

    internal ReadOnlySpan<int> RRsets => _rrsets;

    /// <summary>The hash of a link.</summary>
    public ReadOnlySpan<byte> HashOf(int link) => _hashes.AsSpan(link * Nsec3Hash.Length, Nsec3Hash.Length);

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
    public int RRsetOf(int link) => _rrsets[link];

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
    internal Nsec3Chain WithRRsets(Func<int, int> newIndex) => new(Parameters, _hashes, Array.ConvertAll(_rrsets, rrset => newIndex(rrset)));

    /// <summary>The first link whose hash is above <paramref name="hash"/>; <see cref="Count"/> for none.</summary>
    internal int FirstAbove(ReadOnlySpan<byte> hash)
    {
        // Hashes are spread evenly, so the first octets tell about where one is; from there in steps that double, and bisection between two of them.
        var guess = (int)((ulong)BinaryPrimitives.ReadUInt32BigEndian(hash) * (uint)Count >> 32);
        var low = guess;
        for (var step = 1; low > 0 && HashOf(low - 1).SequenceCompareTo(hash) > 0; step *= 2)
        {
            low = Math.Max(low - step, 0);
        }

        var high = guess;
        for (var step = 1; high < Count && HashOf(high).SequenceCompareTo(hash) <= 0; step *= 2)
        {
            high = Math.Min(high + step, Count);
        }

        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (HashOf(middle).SequenceCompareTo(hash) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
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

    /// <summary>Adds links of another chain, from one to before another.</summary>
    public void AddRange(Nsec3Chain chain, int from, int to)
    {
        _hashes.AddRange(chain.Hashes[(from * Nsec3Hash.Length)..(to * Nsec3Hash.Length)]);
        _rrsets.AddRange(chain.RRsets[from..to]);
    }

    public Nsec3Chain Build(Nsec3ParamData parameters) => new(parameters, [.. _hashes], [.. _rrsets]);
}
