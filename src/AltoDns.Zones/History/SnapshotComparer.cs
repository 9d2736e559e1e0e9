// Walks two versions of a zone side by side, in canonical order.

using AltoDns.Zones.Serving;

namespace AltoDns.Zones.History;

/// <summary>Finds the names that may differ. Linear in the number of names, whatever their depth.</summary>
internal sealed class SnapshotComparer
{
    // Names that share RRsets in one version mostly share them in the other: this many such pairs are remembered.
    private const int MostPairs = 4096;

    private readonly ZoneSnapshot _before;
    private readonly ZoneSnapshot _after;
    private readonly bool _isSameLineage;
    private readonly Dictionary<(int Before, int After, int Count), bool> _equal = [];

    /// <exception cref="ArgumentException">The versions are of different zones.</exception>
    public SnapshotComparer(ZoneSnapshot before, ZoneSnapshot after)
    {
        if (before.Origin != after.Origin)
        {
            throw new ArgumentException($"{after.Origin} is another zone than {before.Origin}.", nameof(after));
        }

        _before = before;
        _after = after;
        _isSameLineage = before.Parts.Lineage == after.Parts.Lineage;
    }

    /// <summary>Whether two versions have the same records, occluded ones included.</summary>
    public static bool HaveSameRecords(ZoneSnapshot before, ZoneSnapshot after)
    {
        var areSame = ReferenceEquals(before, after) || before.NodeCount == after.NodeCount && HaveSameChain(before, after);
        if (areSame && !ReferenceEquals(before, after))
        {
            new SnapshotComparer(before, after).Compare((_, _) => areSame = false);
        }

        return areSame;
    }

    /// <summary>Calls back for each name whose RRsets or occlusion differ.</summary>
    /// <param name="changed">The name's node in the version before and in that after; -1 where a version lacks it.</param>
    public void Compare(Action<int, int> changed)
    {
        var (before, after) = (new NodeWalk(_before), new NodeWalk(_after));
        var (left, right) = (before.Next(), after.Next());
        while (left >= 0 || right >= 0)
        {
            var order = Order(left, right);
            if (order < 0)
            {
                changed(left, -1);
            }
            else if (order > 0)
            {
                changed(-1, right);
            }
            else if (!IsEqual(left, right))
            {
                changed(left, right);
            }

            left = order <= 0 ? before.Next() : left;
            right = order >= 0 ? after.Next() : right;
        }
    }

    private static bool HaveSameChain(ZoneSnapshot before, ZoneSnapshot after)
    {
        var records = new DeltaRecorder(before, after);
        records.CompareChains();
        return records.Removed.Count + records.Added.Count == 0;
    }

    // Of two nodes whose predecessors were equal or of one version alone: the deeper one is below a name that the other version
    // has passed, and two of one depth are children of the same name.
    private int Order(int left, int right)
    {
        if (left < 0 || right < 0)
        {
            return left < 0 ? 1 : -1;
        }

        ref readonly var before = ref _before.Node(left);
        ref readonly var after = ref _after.Node(right);
        if (before.Depth != after.Depth || left == ZoneSnapshot.Apex)
        {
            return after.Depth - before.Depth;
        }

        return _before.LabelOf(left)[1..].SequenceCompareTo(_after.LabelOf(right)[1..]);
    }

    private bool IsEqual(int left, int right)
    {
        ref readonly var before = ref _before.Node(left);
        ref readonly var after = ref _after.Node(right);
        if (before.RRsetCount != after.RRsetCount || before.Flags != after.Flags || IsBelowCut(_before, left) != IsBelowCut(_after, right))
        {
            return false;
        }

        if (before.RRsetCount == 0 || (_isSameLineage && before.FirstRRset == after.FirstRRset))
        {
            return true;
        }

        var pair = (before.FirstRRset, after.FirstRRset, (int)before.RRsetCount);
        if (_equal.TryGetValue(pair, out var isEqual))
        {
            return isEqual;
        }

        isEqual = true;
        for (var i = 0; i < before.RRsetCount && isEqual; i++)
        {
            isEqual = IsEqualRRset(before.FirstRRset + i, after.FirstRRset + i);
        }

        if (_equal.Count < MostPairs)
        {
            _equal.Add(pair, isEqual);
        }

        return isEqual;
    }

    // What stands below a cut is part of the zone as glue may be; what stands below a DNAME is not.
    private static bool IsBelowCut(ZoneSnapshot zone, int node) =>
        (zone.Node(node).Flags & NodeFlags.Occluded) != 0 && (zone.Node(zone.FindOccluder(node)).Flags & NodeFlags.Cut) != 0;

    private bool IsEqualRRset(int left, int right)
    {
        ref readonly var before = ref _before.RRset(left);
        ref readonly var after = ref _after.RRset(right);
        return before.Type == after.Type
            && before.TimeToLive == after.TimeToLive
            && _before.DataOf(before).SequenceEqual(_after.DataOf(after))
            && _before.SignaturesOf(left).SequenceEqual(_after.SignaturesOf(right));
    }
}
