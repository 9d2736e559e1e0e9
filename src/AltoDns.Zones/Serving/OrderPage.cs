// A page of the tree of an order of numbers: runs of numbers, or pages.

namespace AltoDns.Zones.Serving;

/// <summary>Numbers that follow each other in value and in order.</summary>
/// <param name="Length">At least 1.</param>
internal readonly record struct IdRun(int Start, int Length)
{
    /// <summary>The last place in the run whose comparison with the key is at least so much; -1 for none.</summary>
    public int LastAt<TKey>(in TKey key, int least)
        where TKey : IOrderKey, allows ref struct
    {
        var (low, high) = (-1, Length);
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            (low, high) = key.CompareTo(Start + middle) >= least ? (middle, high) : (low, middle);
        }

        return low;
    }
}

internal enum OrderEdit
{
    Insert,
    Replace,
    Remove,
}

/// <summary>Immutable, never empty.</summary>
internal sealed class OrderPage
{
    // More are divided among two pages.
    private const int MostEntries = 64;

    private OrderPage(IdRun[] runs, OrderPage[]? children, int first) => (Runs, Children, First) = (runs, children, first);

    /// <summary>The first number at or below the page.</summary>
    public int First { get; }

    /// <summary>Of a page without children.</summary>
    public IdRun[] Runs { get; }

    public OrderPage[]? Children { get; }

    /// <summary>The runs at or below the page, in order.</summary>
    public IEnumerable<IdRun> AllRuns => Children is null ? Runs : Children.SelectMany(child => child.AllRuns);

    public static OrderPage Of(IdRun[] runs) => new(runs, null, runs[0].Start);

    public static OrderPage Of(OrderPage[] children) => new([], children, children[0].First);

    /// <summary>The last entry that begins where the comparison with the key is at least so much; -1 for none.</summary>
    public int LastAt<TKey>(in TKey key, int least)
        where TKey : IOrderKey, allows ref struct
    {
        var (low, high) = (-1, Children?.Length ?? Runs.Length);
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            (low, high) = key.CompareTo(Children?[middle].First ?? Runs[middle].Start) >= least ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The page with an edit made: nothing where it is empty now, two pages where it would have too many entries.</summary>
    public (OrderPage? Left, OrderPage? Right) Edit<TKey>(in TKey key, OrderEdit edit, int id)
        where TKey : IOrderKey, allows ref struct
    {
        var place = LastAt(key, least: 0);
        if (Children is null)
        {
            return EditRun(key, place, edit, id);
        }

        place = Math.Max(place, 0);
        var (left, right) = Children[place].Edit(key, edit, id);
        OrderPage[] pages = (left, right) switch
        {
            (null, _) => [],
            (_, null) => [left],
            _ => [left, right],
        };
        return Divided(Spliced(Children, place, 1, pages), Of);
    }

    private (OrderPage? Left, OrderPage? Right) EditRun<TKey>(in TKey key, int place, OrderEdit edit, int id)
        where TKey : IOrderKey, allows ref struct
    {
        if (place < 0)
        {
            return Divided(Spliced(Runs, 0, 0, [new IdRun(id, 1)]), Of);
        }

        var run = Runs[place];
        var at = run.LastAt(key, least: 0);
        if (edit == OrderEdit.Insert && at + 1 == run.Length && id == run.Start + run.Length)
        {
            return Divided(Spliced(Runs, place, 1, [run with { Length = run.Length + 1 }]), Of);
        }

        Span<IdRun> pieces = stackalloc IdRun[3];
        var count = 0;
        Add(pieces, new IdRun(run.Start, edit == OrderEdit.Insert ? at + 1 : at));
        Add(pieces, new IdRun(id, edit == OrderEdit.Remove ? 0 : 1));
        Add(pieces, new IdRun(run.Start + at + 1, run.Length - at - 1));
        return Divided(Spliced(Runs, place, 1, pieces[..count]), Of);

        void Add(Span<IdRun> room, IdRun piece)
        {
            if (piece.Length > 0)
            {
                room[count++] = piece;
            }
        }
    }

    private static T[] Spliced<T>(T[] entries, int place, int removed, ReadOnlySpan<T> added)
    {
        var result = new T[entries.Length - removed + added.Length];
        entries.AsSpan(0, place).CopyTo(result);
        added.CopyTo(result.AsSpan(place));
        entries.AsSpan(place + removed).CopyTo(result.AsSpan(place + added.Length));
        return result;
    }

    private static (OrderPage? Left, OrderPage? Right) Divided<T>(T[] entries, Func<T[], OrderPage> make) =>
        entries.Length == 0 ? (null, null)
        : entries.Length <= MostEntries ? (make(entries), null)
        : (make(entries[..(entries.Length / 2)]), make(entries[(entries.Length / 2)..]));
}
