// Items that only grow in number: an array of any length and pages behind it, which the versions of a zone share.

using System.Runtime.CompilerServices;

namespace AltoDns.Zones.Serving;

/// <summary>
/// Immutable as far as its versions reach. What is in the first array is found as fast as in an array alone; a run of items lies within
/// the first array or within one page.
/// <code>
/// [ first ........... ][ page ][ page ][ pag
/// </code>
/// </summary>
internal readonly struct PagedArray<T>
{
    internal const int PageLength = 1 << PageShift;

    private const int PageShift = 16;

    private readonly T[] _first;
    private readonly T[][] _pages;

    public PagedArray(T[] first)
        : this(first, [])
    {
    }

    /// <param name="pages">All but the last have <see cref="PageLength"/> items.</param>
    internal PagedArray(T[] first, T[][] pages) => (_first, _pages) = (first, pages);

    public T[] First => _first;

    public T[][] Pages => _pages;

    /// <summary>Octets of memory held.</summary>
    public long Octets => ((long)_first.Length + _pages.Sum(page => (long)page.Length)) * Unsafe.SizeOf<T>();

    public ref readonly T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref (uint)index < (uint)_first.Length ? ref _first[index] : ref Behind(index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Slice(int start, int length) =>
        (uint)start < (uint)_first.Length ? _first.AsSpan(start, length) : SliceBehind(start, length);

    /// <summary>An item behind the first array.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ref T Behind(int index)
    {
        index -= _first.Length;
        return ref _pages[index >> PageShift][index & (PageLength - 1)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ReadOnlySpan<T> SliceBehind(int start, int length)
    {
        if (length == 0)
        {
            return default;
        }

        start -= _first.Length;
        return _pages[start >> PageShift].AsSpan(start & (PageLength - 1), length);
    }
}
