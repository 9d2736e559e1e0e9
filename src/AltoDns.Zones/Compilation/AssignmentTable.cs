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

    // Which lengths there are, a bit each; the last stands for two.
    private readonly UInt128 _lengthsOfIPv4;
    private readonly UInt128 _lengthsOfIPv6;

    public AssignmentTable(IReadOnlyList<AssignmentDocument> assignments)
    {
        _assignments = assignments;
        _prefixes = [.. assignments.Select(assignment => assignment.Prefix)];
        _indexes = [.. Enumerable.Range(0, assignments.Count)];
        for (var i = 1; i < _prefixes.Length; i++)
        {
            if (_prefixes[i - 1] > _prefixes[i])
            {
                Array.Sort(_prefixes, _indexes);
                break;
            }
        }

        foreach (var prefix in _prefixes)
        {
            ref var lengths = ref prefix.IsIPv6 ? ref _lengthsOfIPv6 : ref _lengthsOfIPv4;
            lengths |= UInt128.One << Math.Min((int)prefix.Length, 127);
        }
    }

    public int Count => _prefixes.Length;

    /// <summary>An assignment by its rank in the order of prefixes.</summary>
    public AssignmentDocument this[int rank] => _assignments[_indexes[rank]];

    /// <summary>The assignment with the longest prefix that covers another prefix; -1 for none.</summary>
    public int LongestCovering(IPPrefix prefix)
    {
        for (int length = prefix.Length; length >= 0; length--)
        {
            if (((prefix.IsIPv6 ? _lengthsOfIPv6 : _lengthsOfIPv4) >> Math.Min(length, 127) & UInt128.One) == UInt128.Zero)
            {
                continue;
            }

            var position = Array.BinarySearch(_prefixes, prefix.Truncate(length));
            if (position >= 0)
            {
                return _indexes[position];
            }
        }

        return -1;
    }

    /// <summary>The assignment of exactly this prefix; -1 for none.</summary>
    public int Find(IPPrefix prefix)
    {
        var position = Array.BinarySearch(_prefixes, prefix);
        return position < 0 ? -1 : _indexes[position];
    }

    /// <summary>Whether an assignment lies inside a prefix or is of that prefix.</summary>
    public bool HasWithin(IPPrefix prefix)
    {
        var position = Array.BinarySearch(_prefixes, prefix);
        return position >= 0 || (~position < _prefixes.Length && prefix.Contains(_prefixes[~position]));
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
