// Compares two chains of hashed names page by page: pages that both have are not looked at.

namespace AltoDns.Zones.Serving;

internal static class Nsec3Difference
{
    /// <summary>Links that are not in both, and links whose RRsets have another place; by ascending hash.</summary>
    /// <returns>For each hash its link in either chain, -1 where there is none.</returns>
    public static IEnumerable<(int Left, int Right)> Between(Nsec3Chain? left, Nsec3Chain? right)
    {
        var (i, j) = (new Position(left), new Position(right));
        while (!i.IsAtEnd || !j.IsAtEnd)
        {
            if (i.TrySkip(j))
            {
                continue;
            }

            var order = i.IsAtEnd ? 1 : j.IsAtEnd ? -1 : i.Hash.SequenceCompareTo(j.Hash);
            if (order != 0 || i.RRset != j.RRset)
            {
                yield return (order <= 0 ? i.Link : -1, order >= 0 ? j.Link : -1);
            }

            if (order <= 0)
            {
                i.Advance();
            }

            if (order >= 0)
            {
                j.Advance();
            }
        }
    }

    private sealed class Position(Nsec3Chain? chain)
    {
        private int _page;
        private int _place;

        public int Link { get; private set; }

        public bool IsAtEnd => Link == (chain?.Count ?? 0);

        public ReadOnlySpan<byte> Hash => chain!.Pages[_page].HashOf(_place);

        public int RRset => chain!.Pages[_page].RRsets[_place];

        public void Advance()
        {
            Link++;
            if (++_place == chain!.Pages[_page].Count)
            {
                (_page, _place) = (_page + 1, 0);
            }
        }

        // Skips a page that begins at both places.
        public bool TrySkip(Position other)
        {
            if (IsAtEnd || other.IsAtEnd || _place != 0 || other._place != 0 || !ReferenceEquals(Page, other.Page))
            {
                return false;
            }

            var count = Page.Count;
            (Link, other.Link, _page, other._page) = (Link + count, other.Link + count, _page + 1, other._page + 1);
            return true;
        }

        private Nsec3Page Page => chain!.Pages[_page];
    }
}
