// Appends to a paged array that other versions of a zone go on reading.

namespace AltoDns.Zones.Serving;

/// <summary>
/// Writes behind what the versions before use; who may do so is for the caller to know, see <see cref="StoreTail"/>. Not safe for several
/// threads.
/// </summary>
/// <param name="before">Stays as it is.</param>
/// <param name="count">Items of it in use, and places left out between them.</param>
internal sealed class PagedAppender<T>(PagedArray<T> before, int count)
{
    private const int LeastRoom = 64;
    private const int PageLength = PagedArray<T>.PageLength;

    private readonly T[] _first = before.First;
    private T[][] _pages = before.Pages;

    /// <summary>Where the next item goes, unless it has to go onto the next page.</summary>
    public int Count { get; private set; } = count;

    /// <summary>An item of the pages that no reader has yet.</summary>
    public ref T this[int index] => ref new PagedArray<T>(_first, _pages).Behind(index);

    public PagedArray<T> Array => new(_first, _pages);

    /// <summary>To be called before anything is written where another version may append to the same page.</summary>
    public void PartFromOthers()
    {
        var used = Count - _first.Length;
        var page = used / PageLength;
        _pages = _pages.AsSpan(0, Math.Min(page + 1, _pages.Length)).ToArray();
        if (page < _pages.Length)
        {
            _pages[page] = _pages[page].AsSpan(0, used % PageLength).ToArray();
        }
    }

    /// <summary>Sees to it that the next items stand together.</summary>
    /// <exception cref="ArgumentException">They are more than a page holds.</exception>
    public void Reserve(int items)
    {
        if (items > PageLength)
        {
            throw new ArgumentException($"No more than {PageLength} items can stand together.", nameof(items));
        }

        var used = Count - _first.Length;
        if (used % PageLength + items > PageLength)
        {
            used += PageLength - used % PageLength;
            Count = checked(_first.Length + used);
        }

        MakeRoom(used / PageLength, used % PageLength + items);
    }

    /// <summary>Adds an item and returns its index.</summary>
    public int Add(in T item)
    {
        Reserve(1);
        this[Count] = item;
        return Count++;
    }

    /// <summary>Adds items that stand together and returns the index of the first.</summary>
    public int Add(ReadOnlySpan<T> items)
    {
        Reserve(items.Length);
        var (start, used) = (Count, Count - _first.Length);
        items.CopyTo(_pages[used / PageLength].AsSpan(used % PageLength));
        Count = checked(Count + items.Length);
        return start;
    }

    private void MakeRoom(int page, int length)
    {
        if (page < _pages.Length && length <= _pages[page].Length)
        {
            return;
        }

        // Versions before have the table of pages, too.
        var pages = new T[Math.Max(page + 1, _pages.Length)][];
        _pages.CopyTo(pages, 0);

        // Most zones are small and get few edits; from the second page on a zone is one of the others.
        var old = pages[page] ?? [];
        pages[page] = new T[page > 0 ? PageLength : Math.Min(PageLength, Math.Max(Math.Max(LeastRoom, length), old.Length * 2))];
        old.CopyTo(pages[page], 0);
        _pages = pages;
    }
}
