// All zones that are served together, frozen.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

/// <summary>Immutable; replaced as a whole through <see cref="ZoneStore"/>.</summary>
public sealed class ZoneSet
{
    private readonly ZoneSnapshot[] _zones;
    private readonly NameIndex _index;
    private readonly UInt128 _depths;

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
            _index.Add(name.Hash(name.Depth), i);
            _depths |= UInt128.One << name.Depth;
        }
    }

    public static ZoneSet Empty { get; } = new([]);

    /// <summary>In canonical order of origin (RFC 4034 §6.1).</summary>
    public IReadOnlyList<ZoneSnapshot> Zones => _zones;

    /// <summary>The zone with the longest origin at or above a name; null where there is none.</summary>
    /// <param name="maxDepth">The longest origin wanted, in labels.</param>
    public ZoneSnapshot? FindEnclosing(LookupName name, int maxDepth = DomainName.MaxLabels)
    {
        for (var depth = Math.Min(name.Depth, maxDepth); depth >= 0; depth--)
        {
            if ((_depths >> depth & UInt128.One) == UInt128.Zero)
            {
                continue;
            }

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
}
