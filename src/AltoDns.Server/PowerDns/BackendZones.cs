// The numbers by which PowerDNS knows our zones, and the serials that it has told secondaries of.

using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.PowerDns;

/// <summary>
/// PowerDNS keeps a zone's number for minutes and across our restarts, so the number is made from the name, and once given stays with it.
/// Safe for any number of threads.
/// </summary>
internal sealed class BackendZones(ZoneStore store)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, DomainName> _origins = [];
    private readonly Dictionary<DomainName, int> _numbers = [];
    private readonly Dictionary<int, uint> _notified = [];
    private ZoneSet _known = ZoneSet.Empty;

    /// <summary>The zones served at this moment; a request reads them once.</summary>
    public ZoneSet Current
    {
        get
        {
            var zones = store.Current;
            lock (_gate)
            {
                if (!ReferenceEquals(zones, _known))
                {
                    foreach (var zone in zones.Zones)
                    {
                        Number(zone.Origin);
                    }

                    _known = zones;
                }
            }

            return zones;
        }
    }

    /// <summary>A zone's number, from 1 on.</summary>
    public int NumberOf(DomainName origin)
    {
        lock (_gate)
        {
            return Number(origin);
        }
    }

    /// <summary>The zone of a number; null where it is not served, or the number was never given.</summary>
    public ZoneSnapshot? Find(ZoneSet zones, int number, LookupName scratch)
    {
        DomainName origin;
        lock (_gate)
        {
            if (!_origins.TryGetValue(number, out origin))
            {
                return null;
            }
        }

        return Find(zones, origin, scratch);
    }

    /// <summary>The zone with exactly this origin; null where none is served.</summary>
    public static ZoneSnapshot? Find(ZoneSet zones, DomainName origin, LookupName scratch)
    {
        scratch.Set(origin.Wire);
        return zones.FindEnclosing(scratch) is { } zone && zone.OriginDepth == scratch.Depth ? zone : null;
    }

    /// <summary>The serial that PowerDNS last told secondaries of, in this run; 0 for none.</summary>
    public uint NotifiedSerial(int number)
    {
        lock (_gate)
        {
            return _notified.GetValueOrDefault(number);
        }
    }

    public void SetNotified(int number, uint serial)
    {
        lock (_gate)
        {
            if (_origins.ContainsKey(number))
            {
                _notified[number] = serial;
            }
        }
    }

    private int Number(DomainName origin)
    {
        if (_numbers.TryGetValue(origin, out var number))
        {
            return number;
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(origin.ToLower().Wire, digest);
        number = (int)(BinaryPrimitives.ReadUInt32BigEndian(digest) >> 1);
        while (number == 0 || _origins.ContainsKey(number))
        {
            number = number == int.MaxValue ? 1 : number + 1;
        }

        _numbers.Add(origin, number);
        _origins.Add(number, origin);
        return number;
    }
}
