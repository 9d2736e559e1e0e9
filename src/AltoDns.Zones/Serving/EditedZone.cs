// A zone that is edited again and again: holds its newest version, and freezes it anew beside the edits when much has been appended.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

/// <summary>
/// One thread edits at a time; any number read <see cref="Current"/>. While a version is frozen in the background, edits go on; what they
/// changed is made up for by the names of the nodes that they appended. A version that has to be kept elsewhere before it counts is made
/// between <see cref="Begin"/> and <see cref="Accept"/>; one that is offered and not accepted is as if it had never been made.
/// </summary>
public sealed class EditedZone(ZoneSnapshot zone)
{
    // Fewer appended nodes are not worth the work.
    private const int LeastAppended = 1 << 16;

    // Freezing begins when more than one node in so many was appended.
    private const int AppendedShare = 4;

    // An index that is fuller than this is due; one that is frozen for edits starts at about a half, one that was built at two thirds.
    private const double MostLoad = 0.7;

    // Of a zone whose index is full so many names may be appended one in so many: an index that is made within an edit delays it.
    private const int FullIndexShare = 64;

    // So many names may be left to make up for between two edits.
    private const int MostToCatchUp = 256;

    private volatile ZoneSnapshot _current = zone;
    private ZoneSnapshot? _offered;
    private Task<(ZoneSnapshot Since, ZoneSnapshot Frozen)>? _freezing;

    public ZoneSnapshot Current => _current;

    /// <summary>Appended nodes from which on the zone is frozen anew.</summary>
    internal int LeastToFreeze { get; init; } = LeastAppended;

    internal EditLimits Limits { get; init; } = EditLimits.Unbounded;

    /// <summary>Makes the next version.</summary>
    /// <param name="edit">Gets an editor of the current version, which it need not build.</param>
    /// <exception cref="ArgumentException">The apex would have no SOA; the version is as before.</exception>
    public ZoneSnapshot Edit(Action<SnapshotEditor> edit)
    {
        var editor = new SnapshotEditor(Begin()) { Limits = Limits };
        edit(editor);
        return _current = editor.Build();
    }

    /// <summary>The version to make the next of: it has the records of the newest, and maybe other numbers.</summary>
    public ZoneSnapshot Begin()
    {
        if (_offered is { } refused)
        {
            _offered = null;
            _current = Follows(_current, refused) ? TakeBack(refused, _current) : _current;
        }

        Freeze(_current);
        return _current;
    }

    /// <summary>To be called with what was made of <see cref="Begin"/>'s version, before anything else can fail.</summary>
    public void Offer(ZoneSnapshot next) => _offered = next;

    /// <summary>Makes what was offered the newest version; does nothing where it is not this one.</summary>
    public void Accept(ZoneSnapshot next)
    {
        if (ReferenceEquals(_offered, next))
        {
            (_current, _offered) = (next, null);
        }
    }

    /// <summary>Waits until no version is being frozen.</summary>
    public void Settle() => (_freezing ?? Task.CompletedTask).Wait();

    private void Freeze(ZoneSnapshot now)
    {
        if (_freezing is null)
        {
            if (IsDue(now))
            {
                _freezing = Task.Run(() => FreezeAndFollow(now));
            }
        }
        else if (_freezing.IsCompleted)
        {
            var (since, frozen) = _freezing.GetAwaiter().GetResult();
            _freezing = null;
            if (Follows(since, now))
            {
                _current = CatchUp(frozen, since, now);
            }
        }
    }

    private bool IsDue(ZoneSnapshot now)
    {
        var appended = now.NodeEnd - now.Parts.Nodes.First.Length;
        return (appended >= LeastToFreeze && (appended > now.NodeCount / AppendedShare || SnapshotCompactor.IsDue(now.Parts)))
            || (now.Parts.Index.Load > MostLoad && appended >= Math.Min(LeastToFreeze, now.NodeCount / FullIndexShare));
    }

    // Follows the edits that were made meanwhile until few are left.
    private (ZoneSnapshot Since, ZoneSnapshot Frozen) FreezeAndFollow(ZoneSnapshot since)
    {
        var frozen = SnapshotCompactor.Compacted(SnapshotFreezer.Freeze(since));
        for (var now = _current; Follows(since, now) && now.NodeEnd - since.NodeEnd > MostToCatchUp; now = _current)
        {
            (frozen, since) = (CatchUp(frozen, since, now), now);
        }

        return (since, frozen);
    }

    // Whether a version came from another by appending alone.
    private static bool Follows(ZoneSnapshot since, ZoneSnapshot now) =>
        since.Parts.Log == now.Parts.Log && since.Parts.Lineage == now.Parts.Lineage;

    // Gives the names that were edited since the RRsets that they have now.
    private static ZoneSnapshot CatchUp(ZoneSnapshot frozen, ZoneSnapshot since, ZoneSnapshot now)
    {
        // Where RRsets have stayed in their places, they are taken over by place.
        var isSame = frozen.Parts.Lineage == now.Parts.Lineage;
        var before = isSame ? WithStoresOf(frozen, now) : frozen;
        var editor = new SnapshotEditor(before) { Limits = EditLimits.Always };
        SetNames(editor, Enumerable.Range(since.NodeEnd, now.NodeEnd - since.NodeEnd).Select(now.NameOf), now, isSame);
        if (!isSame && !ReferenceEquals(since.Nsec3, now.Nsec3))
        {
            SetChain(editor, since, now);
        }

        return editor.Build();
    }

    // Whoever made the refused version has claimed the ends of the arrays, so the names that it edited are edited once more.
    private static ZoneSnapshot TakeBack(ZoneSnapshot refused, ZoneSnapshot current)
    {
        var editor = new SnapshotEditor(refused) { Limits = EditLimits.Always };
        SetNames(editor, Enumerable.Range(current.NodeEnd, refused.NodeEnd - current.NodeEnd).Select(refused.NameOf), current, isSame: true);
        return new ZoneSnapshot(current.Origin, editor.Build().Parts with { Nsec3 = current.Nsec3 });
    }

    // Gives names the RRsets of a version: by place where the editor's has them at the same places, else by content.
    private static void SetNames(SnapshotEditor editor, IEnumerable<DomainName> names, ZoneSnapshot source, bool isSame)
    {
        var lookup = new LookupName();
        foreach (var name in names.Append(source.Origin).Distinct())
        {
            lookup.Set(name.Wire);
            var node = source.FindNode(lookup);
            editor.Set(name, node < 0 ? default : isSame ? new RRsetPlace(source.FirstRRset(node), source.Node(node).RRsetCount) : editor.Add(ContentsOf(source, node)));
        }
    }

    // Gives the links that were edited since the RRsets that they have now.
    private static void SetChain(SnapshotEditor editor, ZoneSnapshot since, ZoneSnapshot now)
    {
        var before = since.Nsec3;
        if (before is null || now.Nsec3 is null || before.Parameters != now.Nsec3.Parameters)
        {
            editor.StartChain(now.Nsec3?.Parameters);
            before = null;
        }

        foreach (var (left, right) in Nsec3Difference.Between(before, now.Nsec3))
        {
            if (right >= 0)
            {
                editor.SetLink(now.Nsec3!.HashOf(right), ContentOf(now, now.Nsec3.RRsetOf(right)));
            }
            else
            {
                editor.RemoveLink(before!.HashOf(left));
            }
        }
    }

    private static ZoneSnapshot WithStoresOf(ZoneSnapshot frozen, ZoneSnapshot now) => new(frozen.Origin, frozen.Parts with
    {
        RRsets = now.Parts.RRsets,
        Signatures = now.Parts.Signatures,
        RRsetCount = now.Parts.RRsetCount,
        RRsetTail = now.Parts.RRsetTail,
        Data = now.Parts.Data,
        Nsec3 = now.Nsec3,
        Unused = now.Parts.Unused,
    });

    private static RRsetContent[] ContentsOf(ZoneSnapshot zone, int node) =>
        [.. Enumerable.Range(zone.FirstRRset(node), zone.Node(node).RRsetCount).Select(rrset => ContentOf(zone, rrset))];

    private static RRsetContent ContentOf(ZoneSnapshot zone, int rrset)
    {
        ref readonly var set = ref zone.RRset(rrset);
        return RRsetContent.Of(set.Type, set.TimeToLive, zone.DataOf(set).ToArray(), zone.SignaturesOf(rrset).ToArray());
    }
}
