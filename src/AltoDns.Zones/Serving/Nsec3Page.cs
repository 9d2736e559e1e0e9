// Some links of an NSEC3 chain that follow each other: what the versions of a chain share.

using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Serving;

/// <summary>Immutable.</summary>
/// <param name="Hashes">Each <see cref="Nsec3Hash.Length"/> octets, ascending.</param>
/// <param name="RRsets">For each hash its NSEC3 RRset's index in the zone.</param>
internal sealed record Nsec3Page(byte[] Hashes, int[] RRsets)
{
    /// <summary>A page with more links is cut.</summary>
    public const int MaxLength = 512;

    public int Count => RRsets.Length;

    /// <summary>The same links in pages of about equal length, none of them empty.</summary>
    public static Nsec3Page[] Cut(ReadOnlySpan<byte> hashes, ReadOnlySpan<int> rrsets)
    {
        // Half full, so that links that are added do not cut it at once again.
        var count = rrsets.Length <= MaxLength ? Math.Min(rrsets.Length, 1) : (rrsets.Length * 2L + MaxLength - 1) / MaxLength;
        var pages = new Nsec3Page[count];
        for (var page = 0; page < pages.Length; page++)
        {
            var (start, end) = ((int)(page * (long)rrsets.Length / count), (int)((page + 1) * (long)rrsets.Length / count));
            pages[page] = new Nsec3Page(hashes[(start * Nsec3Hash.Length)..(end * Nsec3Hash.Length)].ToArray(), rrsets[start..end].ToArray());
        }

        return pages;
    }

    /// <summary>The hash of a link, numbered within the page.</summary>
    public ReadOnlySpan<byte> HashOf(int link) => Hashes.AsSpan(link * Nsec3Hash.Length, Nsec3Hash.Length);

    /// <summary>The first link whose hash is above <paramref name="hash"/>; <see cref="Count"/> for none.</summary>
    public int FirstAbove(ReadOnlySpan<byte> hash)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = HashOf(middle).SequenceCompareTo(hash) <= 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
