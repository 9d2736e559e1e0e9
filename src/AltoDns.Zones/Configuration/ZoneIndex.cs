// Finds the zone of a prefix or of a host among zones that do not overlap, and finds those that do.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Configuration;

/// <summary>The zones of one policy, sorted; searched in O(log n).</summary>
internal sealed class ZoneIndex
{
    private readonly Positioned<IPPrefix>[] _zones;
    private readonly bool[] _used;
    private readonly HashSet<DomainName> _forward;

    /// <param name="zones">Without overlap.</param>
    /// <param name="forward">Names of the zones outside the reverse tree.</param>
    public ZoneIndex(IEnumerable<Positioned<IPPrefix>> zones, IEnumerable<Positioned<DomainName>> forward)
    {
        _zones = [.. zones.OrderBy(zone => zone.Value)];
        _used = new bool[_zones.Length];
        _forward = [.. forward.Select(zone => zone.Value)];
    }

    /// <summary>The zones that <see cref="MarkAssigned"/> never met, in the order of their prefixes.</summary>
    public IEnumerable<Positioned<IPPrefix>> Unassigned => _zones.Where((_, index) => !_used[index]);

    public bool Has(bool isIPv6) => _zones.Any(zone => zone.Value.IsIPv6 == isIPv6);

    /// <summary>Whether a forward zone has this name.</summary>
    public bool HasForward(DomainName zone) => _forward.Contains(zone);

    /// <summary>Whether a forward zone encloses this name.</summary>
    public bool EnclosesHost(DomainName host)
    {
        for (; !host.IsRoot; host = host.Parent)
        {
            if (_forward.Contains(host))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The zone that contains all of a prefix.</summary>
    public bool TryFindEnclosing(IPPrefix prefix, out Positioned<IPPrefix> zone)
    {
        var index = LastNotAfter(prefix);
        zone = index >= 0 ? _zones[index] : default;
        return index >= 0 && zone.Value.Contains(prefix);
    }

    /// <summary>A zone that lies in a prefix or equals it.</summary>
    public bool TryFindCovered(IPPrefix prefix, out Positioned<IPPrefix> zone)
    {
        var index = LastNotAfter(prefix);
        index = index >= 0 && _zones[index].Value == prefix ? index : index + 1;
        zone = index < _zones.Length ? _zones[index] : default;
        return index < _zones.Length && prefix.Contains(zone.Value);
    }

    /// <summary>Remembers that a prefix is assigned; false where it neither lies in a zone nor covers one.</summary>
    public bool MarkAssigned(IPPrefix prefix)
    {
        var index = LastNotAfter(prefix);
        if (index >= 0 && _zones[index].Value.Contains(prefix))
        {
            _used[index] = true;
            return true;
        }

        var covered = false;
        for (index++; index < _zones.Length && prefix.Contains(_zones[index].Value); index++)
        {
            _used[index] = covered = true;
        }

        return covered;
    }

    /// <summary>Notes each prefix that overlaps another, at the one that was read later.</summary>
    /// <param name="prefixes">In the order read.</param>
    /// <param name="noun">What the prefixes are: <c>Zone</c>.</param>
    /// <returns>Those that remain, in the order read.</returns>
    public static IReadOnlyList<T> RejectOverlap<T>(
        IReadOnlyList<T> prefixes, Func<T, IPPrefix> prefixOf, Func<T, SourcePosition> positionOf, string noun, ProblemList problems)
    {
        var order = Enumerable.Range(0, prefixes.Count).OrderBy(index => prefixOf(prefixes[index])).ThenBy(index => index).ToArray();
        var rejected = new HashSet<int>();
        var top = -1;
        foreach (var index in order)
        {
            if (top < 0 || !prefixOf(prefixes[top]).Contains(prefixOf(prefixes[index])))
            {
                top = index;
                continue;
            }

            var (later, earlier) = index > top ? (prefixes[index], prefixes[top]) : (prefixes[top], prefixes[index]);
            rejected.Add(index);
            problems.Error(positionOf(later), Describe(noun, prefixOf(later), prefixOf(earlier), positionOf(earlier)), "Keep one of the two.");
        }

        return rejected.Count == 0 ? prefixes : [.. prefixes.Where((_, index) => !rejected.Contains(index))];
    }

    private static string Describe(string noun, IPPrefix later, IPPrefix earlier, SourcePosition place) => later == earlier
        ? $"{noun} {later} is already given at {place}."
        : later.Contains(earlier)
            ? $"{noun} {later} covers {earlier}, given at {place}."
            : $"{noun} {later} lies in {earlier}, given at {place}.";

    // The last zone that sorts before or with the prefix, or -1.
    private int LastNotAfter(IPPrefix prefix)
    {
        var (low, high) = (0, _zones.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _zones[middle].Value > prefix ? (low, middle) : (middle + 1, high);
        }

        return low - 1;
    }
}
