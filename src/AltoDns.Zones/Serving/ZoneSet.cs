// All zones that are served together, frozen.

using System.Numerics;
using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

/// <summary>Immutable; replaced as a whole through <see cref="ZoneStore"/>.</summary>
public sealed class ZoneSet
{
    private readonly ZoneSnapshot[] _zones;
    private readonly NameIndex _index;

    // Bit by bit the depths at which any zone has its origin: up to 63, and from 64 on.
    private readonly ulong _origins;
    private readonly ulong _deepOrigins;

    /// <exception cref="ArgumentException">Two zones have the same origin.</exception>
    public ZoneSet(IEnumerable<ZoneSnapshot> zones)
    {
        _zones = [.. zones.OrderBy(zone => zone.Origin)];
        _index = new NameIndex(_zones.Length);
        var name = new LookupName();
        for (var i = 0; i < _zones.Length; i++)
        {
            if (i > 0 && _zones[i].Origin == _zones[i - 1].Origin)
            {
                throw new ArgumentException($"Zone {_zones[i].Origin} is given twice.", nameof(zones));
            }

            name.Set(_zones[i].Origin.Wire);
            name.HashTo(name.Depth);
            _index.Add(name.Hash(name.Depth), i);
            if (name.Depth < 64)
            {
                _origins |= 1UL << name.Depth;
            }
            else
            {
                _deepOrigins |= 1UL << (name.Depth - 64);
            }
        }
    }

    private ZoneSet(ZoneSet before, ZoneSnapshot[] zones)
    {
        _zones = zones;
        (_index, _origins, _deepOrigins) = (before._index, before._origins, before._deepOrigins);
    }

    public static ZoneSet Empty { get; } = new([]);

    /// <summary>In canonical order of origin (RFC 4034 §6.1).</summary>
    public IReadOnlyList<ZoneSnapshot> Zones => _zones;

    /// <summary>The zone with the longest origin at or above a name; null where there is none.</summary>
    /// <param name="maxDepth">The longest origin wanted, in labels.</param>
    public ZoneSnapshot? FindEnclosing(LookupName name, int maxDepth = DomainName.MaxLabels)
    {
        var deepest = DeepestOrigin(Math.Min(name.Depth, maxDepth));
        name.HashTo(Math.Max(deepest, 0));
        for (var depth = deepest; depth >= 0; depth = DeepestOrigin(depth - 1))
        {
            var hash = name.Hash(depth);
            var position = _index.Start(hash);
            while (_index.TryRead(position, hash, out var zone))
            {
                if (zone >= 0 && _zones[zone].Origin.Wire.SequenceEqual(name.Suffix(depth)))
                {
                    return _zones[zone];
                }

                position = _index.Next(position);
            }
        }

        return null;
    }

    /// <summary>The set with other versions of some of its zones.</summary>
    /// <param name="versions">By origin; those of zones that are not in the set do not count.</param>
    public ZoneSet Replacing(IReadOnlyDictionary<DomainName, ZoneSnapshot> versions)
    {
        var zones = _zones.ToArray();
        foreach (var (origin, version) in versions)
        {
            if (Find(origin) is >= 0 and var index)
            {
                zones[index] = version;
            }
        }

        return new ZoneSet(this, zones);
    }

    /// <summary>The zone with exactly this origin; null where there is none.</summary>
    public ZoneSnapshot? FindZone(DomainName origin) => Find(origin) is >= 0 and var index ? _zones[index] : null;

    private int Find(DomainName origin)
    {
        var (first, end) = (0, _zones.Length);
        while (first < end)
        {
            var middle = (first + end) >> 1;
            var order = _zones[middle].Origin.CompareTo(origin);
            if (order == 0)
            {
                return middle;
            }

            (first, end) = order < 0 ? (middle + 1, end) : (first, middle);
        }

        return -1;
    }

    /// <summary>The greatest depth up to a limit at which any zone has its origin, or -1.</summary>
    private int DeepestOrigin(int limit)
    {
        if (limit >= 64)
        {
            var deep = _deepOrigins & ulong.MaxValue >> (127 - limit);
            if (deep != 0)
            {
                return 127 - BitOperations.LeadingZeroCount(deep);
            }

            limit = 63;
        }

        // A depth of 63 or less; for none the highest bit is -1.
        return limit < 0 ? -1 : 63 - BitOperations.LeadingZeroCount(_origins & ulong.MaxValue >> (63 - limit));
    }
}
