// Numbers in an order of their own: a tree that is never changed, as editing makes another that shares what stays.

namespace AltoDns.Zones.Serving;

/// <summary>Where something stands among the numbers of an <see cref="IdOrder"/>.</summary>
internal interface IOrderKey
{
    /// <summary>Negative where it stands before a number, 0 at it, positive behind it.</summary>
    int CompareTo(int id);
}

/// <summary>
/// Immutable. Numbers that follow each other in order and in value are kept as one run, so that a frozen zone takes one entry, and each name
/// that was added to it another. An edit copies one page of each level.
/// <code>
///              [ 0.. | 70.. ]
///        [ 0-41 | 5003 | 42-69 ]   [ 70-99 | 5001-5002 | ... ]
/// </code>
/// </summary>
internal sealed class IdOrder
{
    private readonly OrderPage? _root;

    private IdOrder(OrderPage? root) => _root = root;

    public static IdOrder Empty { get; } = new(null);

    /// <summary>The numbers up to before <paramref name="count"/>.</summary>
    public static IdOrder UpTo(int count) => count == 0 ? Empty : new(OrderPage.Of([new IdRun(0, count)]));

    /// <summary>All runs in order.</summary>
    public IEnumerable<IdRun> Runs => _root?.AllRuns ?? [];

    /// <summary>The last number that stands at a key or before it; -1 for none.</summary>
    public int FindLast<TKey>(in TKey key)
        where TKey : IOrderKey, allows ref struct => Find(key, least: 0);

    /// <summary>The last number that stands before a key; -1 for none.</summary>
    public int FindBefore<TKey>(in TKey key)
        where TKey : IOrderKey, allows ref struct => Find(key, least: 1);

    /// <summary>The first number that stands behind a key; -1 for none.</summary>
    public int FindAfter<TKey>(in TKey key)
        where TKey : IOrderKey, allows ref struct
    {
        var after = -1;
        for (var page = _root; page is not null;)
        {
            var place = page.LastAt(key, least: 0);
            if (page.Children is { } children)
            {
                after = place + 1 < children.Length ? children[place + 1].First : after;
                page = place < 0 ? null : children[place];
                continue;
            }

            var next = place < 0 ? 0 : page.Runs[place].LastAt(key, least: 0) + 1;
            return place >= 0 && next < page.Runs[place].Length ? page.Runs[place].Start + next
                : place + 1 < page.Runs.Length ? page.Runs[place + 1].Start
                : after;
        }

        return after;
    }

    /// <summary>With a number put where its key says.</summary>
    public IdOrder Insert<TKey>(in TKey key, int id)
        where TKey : IOrderKey, allows ref struct =>
        _root is null ? new(OrderPage.Of([new IdRun(id, 1)])) : Top(_root.Edit(key, OrderEdit.Insert, id));

    /// <summary>With a number in place of the one that stands at the key.</summary>
    public IdOrder Replace<TKey>(in TKey key, int id)
        where TKey : IOrderKey, allows ref struct => Top(_root!.Edit(key, OrderEdit.Replace, id));

    /// <summary>Without the number that stands at the key.</summary>
    public IdOrder Remove<TKey>(in TKey key)
        where TKey : IOrderKey, allows ref struct => Top(_root!.Edit(key, OrderEdit.Remove, -1));

    private int Find<TKey>(in TKey key, int least)
        where TKey : IOrderKey, allows ref struct
    {
        for (var page = _root; page is not null;)
        {
            var place = page.LastAt(key, least);
            if (place < 0)
            {
                return -1;
            }

            if (page.Children is not { } children)
            {
                return page.Runs[place].Start + page.Runs[place].LastAt(key, least);
            }

            page = children[place];
        }

        return -1;
    }

    private static IdOrder Top((OrderPage? Left, OrderPage? Right) edited) => edited switch
    {
        (null, _) => Empty,
        (var left, null) => new(left.Children is [var only] ? only : left),
        var (left, right) => new(OrderPage.Of([left, right])),
    };
}
