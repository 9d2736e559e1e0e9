// All zones that are served together, frozen.

using System.Collections.ObjectModel;
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

    // Origins of the zones that cannot be answered from; they are indexed after the zones.
    private readonly DomainName[] _unavailable;

    /// <param name="unavailable">Zones that are served here and cannot be answered from at present.</param>
    /// <exception cref="ArgumentException">Two zones have the same origin.</exception>
    public ZoneSet(IEnumerable<ZoneSnapshot> zones, IReadOnlyDictionary<DomainName, Unavailability>? unavailable = null)
    {
        _zones = [.. zones.OrderBy(zone => zone.Origin)];
        Unavailable = unavailable ?? ReadOnlyDictionary<DomainName, Unavailability>.Empty;
        _unavailable = [.. Unavailable.Keys];
        _index = new NameIndex(_zones.Length + _unavailable.Length);
        var seen = new HashSet<DomainName>();
        var name = new LookupName();
        for (var i = 0; i < _zones.Length + _unavailable.Length; i++)
        {
            if (!seen.Add(OriginOf(i)))
            {
                throw new ArgumentException($"Zone {OriginOf(i)} is given twice.", nameof(zones));
            }

            name.Set(OriginOf(i).Wire);
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
        (_unavailable, Unavailable) = (before._unavailable, before.Unavailable);
    }

    public static ZoneSet Empty { get; } = new([]);

    /// <summary>In canonical order of origin (RFC 4034 §6.1).</summary>
    public IReadOnlyList<ZoneSnapshot> Zones => _zones;

    /// <summary>The zones that cannot be answered from, by origin, and why.</summary>
    public IReadOnlyDictionary<DomainName, Unavailability> Unavailable { get; }

    /// <summary>Other zones, and the same ones unavailable.</summary>
    public ZoneSet With(IEnumerable<ZoneSnapshot> zones) => new(zones, Unavailable);

    /// <summary>The zone with the longest origin at or above a name; null where there is none or it is unavailable.</summary>
    /// <param name="maxDepth">The longest origin wanted, in labels.</param>
    public ZoneSnapshot? FindEnclosing(LookupName name, int maxDepth = DomainName.MaxLabels) =>
        Find(name, maxDepth) is var zone && (uint)zone < (uint)_zones.Length ? _zones[zone] : null;

    /// <summary>Why the zone with the longest origin at or above a name cannot be answered from; <see cref="Unavailability.None"/> where it can, or there is none.</summary>
    public Unavailability WhyUnavailable(LookupName name) =>
        _unavailable.Length > 0 && Find(name, DomainName.MaxLabels) is var zone && zone >= _zones.Length
            ? Unavailable[_unavailable[zone - _zones.Length]]
            : Unavailability.None;

    private DomainName OriginOf(int zone) => zone < _zones.Length ? _zones[zone].Origin : _unavailable[zone - _zones.Length];

    // The number of a zone, those that are unavailable after the others; -1 for none.
    private int Find(LookupName name, int maxDepth)
    {
        var deepest = DeepestOrigin(Math.Min(name.Depth, maxDepth));
        name.HashTo(Math.Max(deepest, 0));
        for (var depth = deepest; depth >= 0; depth = DeepestOrigin(depth - 1))
        {
            var hash = name.Hash(depth);
            var position = _index.Start(hash);
            while (_index.TryRead(position, hash, out var zone))
            {
                if (zone >= 0 && IsOrigin(zone, name.Suffix(depth)))
                {
                    return zone;
                }

                position = _index.Next(position);
            }
        }

        return -1;
    }

    /// <summary>The set with other versions of some of its zones.</summary>
    /// <param name="versions">By origin; those of zones that are not in the set do not count.</param>
    public ZoneSet Replacing(IReadOnlyDictionary<DomainName, ZoneSnapshot> versions)
    {
        var zones = _zones.ToArray();
        foreach (var (origin, version) in versions)
        {
            if (IndexOf(origin) is >= 0 and var index)
            {
                zones[index] = version;
            }
        }

        return new ZoneSet(this, zones);
    }

    /// <summary>The zone with exactly this origin; null where there is none.</summary>
    public ZoneSnapshot? FindZone(DomainName origin) => IndexOf(origin) is >= 0 and var index ? _zones[index] : null;

    private int IndexOf(DomainName origin)
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

    // A snapshot's origin is in lower case, as the name is.
    private bool IsOrigin(int zone, ReadOnlySpan<byte> name) =>
        zone < _zones.Length ? _zones[zone].Origin.Wire.SequenceEqual(name) : WireName.EqualsIgnoreCase(_unavailable[zone - _zones.Length].Wire, name);

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
