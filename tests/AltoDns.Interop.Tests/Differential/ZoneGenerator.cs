// Makes up zones that have everything in which authoritative servers go wrong, forward and reverse.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>The same seed makes the same zones. All origins of one generator differ; some zones are the child of another.</summary>
/// <param name="plainEvery">Of so many zones one has only names without escapes; 0 for none.</param>
public sealed class ZoneGenerator(int seed, int plainEvery = 0)
{
    private readonly Random _random = new(seed);
    private readonly List<GeneratedZone> _zones = [];

    /// <summary>Makes <paramref name="count"/> zones.</summary>
    public IReadOnlyList<GeneratedZone> Make(int count)
    {
        while (_zones.Count < count)
        {
            var peculiarity = Peculiarity();
            var zone = MakeZone(Origin(_zones.Count), peculiarity);
            _zones.Add(zone);
            var cuts = zone.Records.Where(record => record.Type == RecordType.NS && record.Owner != zone.Origin && MayBecomeZone(zone, record.Owner)).ToList();
            if (cuts.Count > 0 && peculiarity == ZonePeculiarity.None && _zones.Count < count && _random.Next(4) == 0)
            {
                // The child beside its parent: the closest enclosing zone answers, but the parent has the DS (RFC 4035 §3.1.4.1).
                var child = cuts[_random.Next(cuts.Count)].Owner;
                if (!_zones.Exists(other => other.Origin == child))
                {
                    _zones.Add(MakeZone(child, ZonePeculiarity.NoDname));
                }
            }
        }

        return _zones;
    }

    /// <summary>Whether configuration files of all servers can name the zone, and NSD, which keeps the names of all zones in one tree, loads it.</summary>
    private static bool MayBecomeZone(GeneratedZone parent, DomainName cut) =>
        !cut.IsWildcard
        && !cut.ToString().Contains('\\', StringComparison.Ordinal)
        && !parent.Records.Any(record => record.Type == RecordType.DNAME && record.Owner.IsSubdomainOf(cut));

    private ZonePeculiarity Peculiarity() => _random.Next(40) switch
    {
        0 => ZonePeculiarity.WildcardNameServers,
        1 => ZonePeculiarity.OccludedByDname,
        _ => ZonePeculiarity.None,
    };

    private DomainName Origin(int index)
    {
        var names = new NameMaker(_random);
        var text = (index % 4) switch
        {
            0 => $"{index / 256 % 256}.{index % 256}.{_random.Next(10, 12)}.in-addr.arpa.",
            1 => $"{string.Join('.', index.ToString("x4").Reverse())}.8.b.d.0.1.0.0.2.ip6.arpa.",
            2 => $"zone{index}.example.",
            _ => $"z{index}.{(_random.Next(2) == 0 ? "isp.example" : "test")}.",
        };
        var origin = DomainName.Parse(text);
        return _random.Next(4) == 0 ? names.MixCase(origin) : origin;
    }

    private GeneratedZone MakeZone(DomainName origin, ZonePeculiarity peculiarity)
    {
        var hasPlainNames = plainEvery > 0 && _zones.Count % plainEvery == 0;
        var zone = new ZoneFeatures(_random, new ZoneBuilder(origin, _random, peculiarity), hasPlainNames).Make();
        return zone with { HasPlainNames = hasPlainNames };
    }
}

