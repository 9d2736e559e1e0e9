// The assignments of a policy in an order that makes the ones of a zone, and the one of an address, quick to find.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Compilation;

/// <summary>Assignments sorted by prefix. Immutable; assignments are named by their index in the policy.</summary>
public sealed class AssignmentTable
{
    private readonly IReadOnlyList<AssignmentDocument> _assignments;
    private readonly IPPrefix[] _prefixes;
    private readonly int[] _indexes;

    public AssignmentTable(IReadOnlyList<AssignmentDocument> assignments)
    {
        _assignments = assignments;
        _prefixes = [.. assignments.Select(assignment => assignment.Prefix)];
        _indexes = [.. Enumerable.Range(0, assignments.Count)];
        Array.Sort(_prefixes, _indexes);
    }

    /// <summary>The assignment with the longest prefix that covers another prefix; -1 for none.</summary>
    public int LongestCovering(IPPrefix prefix)
    {
        for (int length = prefix.Length; length >= 0; length--)
        {
            var position = Array.BinarySearch(_prefixes, prefix.Truncate(length));
            if (position >= 0)
            {
                return _indexes[position];
            }
        }

        return -1;
    }

    /// <summary>Whether an assignment lies inside a prefix and is longer, so that not all of the prefix is treated alike.</summary>
    public bool DividesInside(IPPrefix prefix)
    {
        var next = Array.BinarySearch(_prefixes, prefix);
        next = next < 0 ? ~next : next + 1;
        while (next < _prefixes.Length && _prefixes[next] == prefix)
        {
            next++;
        }

        return next < _prefixes.Length && prefix.Contains(_prefixes[next]);
    }

    /// <summary>The server of an assignment, an index into <see cref="PolicyDocument.Servers"/>.</summary>
    public int ServerOf(int assignment) => _assignments[assignment].Server;

    /// <summary>The assignments within a prefix, shorter ones first.</summary>
    public IEnumerable<int> Within(IPPrefix prefix)
    {
        var start = Array.BinarySearch(_prefixes, prefix);
        start = start < 0 ? ~start : start;
        var end = start;
        while (end < _prefixes.Length && prefix.Contains(_prefixes[end]))
        {
            end++;
        }

        return _indexes[start..end].OrderBy(index => _assignments[index].Prefix.Length);
    }
}
