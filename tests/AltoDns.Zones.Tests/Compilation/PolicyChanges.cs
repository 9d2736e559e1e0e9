// Random policies over small zones of all kinds, and random changes of them.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.Compilation;

/// <summary>One policy and its base records; the changes keep the base.</summary>
internal sealed class PolicyChanges
{
    private const string File = "policy.yaml";

    // On a label boundary, off it, classless, and IPv6.
    private static readonly IPPrefix[] Zones =
        [IPPrefix.Parse("10.0.0.0/8"), IPPrefix.Parse("192.0.2.64/26"), IPPrefix.Parse("198.51.100.0/22"), IPPrefix.Parse("2001:db8::/32")];

    private static readonly SourcePosition Nowhere = new("elsewhere", 0, 0);

    private readonly Random _random;
    private readonly List<ZoneRecord> _base = [];
    private readonly SortedDictionary<IPPrefix, int> _assignments = [];
    private readonly List<AltoServerDocument> _servers = [];
    private readonly List<IPPrefix> _delegations = [];
    private readonly IPPrefix[] _zones;
    private readonly PublishMode _mode;
    private readonly uint? _serial;
    private int _line = 10;

    private readonly bool _isTransferred;
    private readonly bool _hasSoa;

    /// <param name="isTransferred">Whether the base is transferred, and may be changed too.</param>
    public PolicyChanges(Random random, bool isTransferred = false)
    {
        _isTransferred = isTransferred;
        _hasSoa = !isTransferred || random.Next(2) == 0;
        _random = random;
        _zones = [.. Zones.Where(_ => random.Next(2) == 0).DefaultIfEmpty(Zones[random.Next(Zones.Length)])];
        _mode = random.Next(3) == 0 ? PublishMode.Rfc8686Names : PublishMode.EveryName;
        _serial = !isTransferred && random.Next(3) == 0 ? 7 : null;
        _servers.AddRange(Enumerable.Range(0, 4).Select(Server));
        for (var count = random.Next(12); count > 0; count--)
        {
            Assign();
        }

        for (var count = random.Next(3); count > 0; count--)
        {
            Delegate();
        }

        for (var count = random.Next(14); count > 0; count--)
        {
            AddBase();
        }
    }

    public PolicyDocument Policy => new()
    {
        File = File,
        Publish = _mode,
        TimeToLive = 600,
        Zones = [.. _zones.Select(zone => new Positioned<IPPrefix>(zone, Nowhere))],
        Soa = !_hasSoa ? null : new SoaSettings(DomainName.Parse("ns1.example."), DomainName.Parse("hostmaster.example."), _serial, 3600, 600, 86400, 300, 3600),
        Nameservers = _hasSoa ? [new Positioned<DomainName>(DomainName.Parse("ns1.example."), Nowhere)] : [],
        Bases = !_isTransferred ? [] : [.. Origins.Select(origin => new BaseZoneDocument("", origin, Nowhere)
        {
            Transfer = new BaseTransfer([new Positioned<IPEndPoint>(new IPEndPoint(IPAddress.Loopback, 53), Nowhere)], null),
        })],
        Servers = [.. _servers],
        Assignments = [.. _assignments.Select((entry, i) => new AssignmentDocument(entry.Key, entry.Value, _line + i, 3))],
        Delegations = [.. _delegations.Select(prefix => new DelegationDocument(
            prefix, [new Positioned<DomainName>(DomainName.Parse("ns.customer.example."), Nowhere)], [], [], Nowhere))],
    };

    public IEnumerable<DomainName> Origins => _zones.SelectMany(ReverseZone.Covering).Select(zone => zone.Origin);

    /// <summary>The zone as its primary has it, signed by that at times.</summary>
    public ZoneSnapshot BaseOf(DomainName origin, uint serial)
    {
        var builder = new ZoneBuilder(origin);
        builder.AddRecord(ZoneSnapshot.Apex, 900, new SoaData(DomainName.Parse("old.example."), DomainName.Root, serial, 60, 60, 600, 60));
        builder.AddRecord(ZoneSnapshot.Apex, 900, new NsData(DomainName.Parse("old.example.")));
        builder.AddRecord(ZoneSnapshot.Apex, 0, new Nsec3ParamData(1, 0, 0, []));
        builder.AddRecord(ZoneSnapshot.Apex, 0, new UnknownData(RecordType.DS, [0, 1, 13, 2, 0]));
        foreach (var record in _base.Where(record => record.Owner.IsSubdomainOf(origin)))
        {
            var node = builder.AddName(record.Owner);
            builder.AddRecord(node, record.TimeToLive, record.Data);
            if (serial % 2 == 0)
            {
                builder.AddRecord(node, record.TimeToLive, new NsecData(DomainName.Root, TypeBitmap.Of([RecordType.A])));
            }
        }

        return builder.Freeze();
    }

    /// <summary>Changes the base: mostly plain records, now and then something that makes a full compile necessary.</summary>
    public void ChangeBase()
    {
        if (_random.Next(2) == 0 && _base.Count > 0)
        {
            _base.RemoveAt(_random.Next(_base.Count));
        }
        else
        {
            AddBase();
        }
    }

    public void ReadBase(Action<ZoneRecord> add) => _base.ForEach(add);

    /// <summary>Changes assignments or servers; now and then something that makes a full compile necessary.</summary>
    public void Change()
    {
        _line += _random.Next(2);
        switch (_random.Next(12))
        {
            case < 4:
                Assign();
                break;
            case < 8 when _assignments.Count > 0:
                _assignments.Remove(_assignments.Keys.ElementAt(_random.Next(_assignments.Count)));
                break;
            case < 10 when _assignments.Count > 0:
                _assignments[_assignments.Keys.ElementAt(_random.Next(_assignments.Count))] = _random.Next(_servers.Count);
                break;
            case 10:
                Delegate();
                break;
            default:
                var server = _random.Next(_servers.Count);
                _servers[server] = Server(server);
                break;
        }
    }

    private AltoServerDocument Server(int number)
    {
        var key = new AltoKeyDocument("key.pem", "ecdsa-p256", $"k{_random.Next(3)}", [(byte)_random.Next(3)], Nowhere);
        return new AltoServerDocument(
            $"s{number}", [new Positioned<string>($"https://alto{_random.Next(4)}.example/ird", Nowhere)], _random.Next(2) == 0 ? [key] : [], Nowhere);
    }

    private void Assign()
    {
        var prefix = RandomPrefix(mayCoverZone: true);

        // RFC 8686's names of others would be too many to compile often.
        if (_mode == PublishMode.EveryName || !prefix.IsIPv6 || prefix.Length is <= 64 or >= 120)
        {
            _assignments[prefix] = _random.Next(_servers.Count);
        }
    }

    private void Delegate()
    {
        var prefix = RandomPrefix(mayCoverZone: false);
        if (_zones.Any(zone => zone.Contains(prefix) && prefix.Length > zone.Length + 4 && !ReverseZone.IsClasslessLength(zone))
            && !_delegations.Exists(other => other.Contains(prefix) || prefix.Contains(other)))
        {
            _delegations.Add(prefix);
        }
    }

    private void AddBase()
    {
        var prefix = RandomPrefix(mayCoverZone: false);
        var zone = _zones.SelectMany(ReverseZone.Covering).First(zone => zone.Prefix.Contains(prefix) || prefix.Contains(zone.Prefix));
        var step = ReverseName.BitsPerLabel(prefix.IsIPv6);
        prefix = prefix.Contains(zone.Prefix) ? zone.Prefix : prefix.Truncate(zone.IsClassless ? 32 : prefix.Length / step * step);
        if (!zone.Prefix.Contains(prefix) || (zone.IsClassless && prefix.Length < 32 && prefix != zone.Prefix))
        {
            return;
        }

        var owner = zone.NameOf(prefix);
        owner = _random.Next(5) == 0 && owner.TryPrepend(_random.Next(2) == 0 ? "*"u8 : "x"u8, out var below) ? below : owner;
        if (_base.Exists(record => record.Owner == owner))
        {
            return;
        }

        var target = DomainName.Parse("host.example.");
        RecordData data = _random.Next(10) switch
        {
            0 when owner != zone.Origin => new CnameData(target),
            1 when owner != zone.Origin => new DnameData(target),
            2 when owner != zone.Origin => new NsData(target),
            3 or 4 => TxtData.FromText("v=other"u8.ToArray()),
            5 => new NaptrData(1, 2, "u"u8.ToArray(), "E2U+sip"u8.ToArray(), "!.*!sip:a@b!"u8.ToArray(), DomainName.Root),
            _ => new PtrData(target),
        };
        _base.Add(new ZoneRecord(owner, (uint)_random.Next(1, 4) * 300, data, new SourcePosition("base.zone", _base.Count + 1, 1)));
    }

    // Bits are set in few places, so that prefixes nest and touch.
    private IPPrefix RandomPrefix(bool mayCoverZone)
    {
        var zone = _zones[_random.Next(_zones.Length)];
        var least = mayCoverZone && _random.Next(4) == 0 ? Math.Max(zone.Length - 3, 0) : (int)zone.Length;
        var length = _random.Next(least, zone.AddressLength + 1);
        var bits = (UInt128)(uint)_random.Next(256) << (zone.IsIPv6 ? _random.Next(6) switch { 0 => 0, 1 => 4, 2 => 30, 3 => 61, 4 => 64, _ => 80 } : 96 + _random.Next(5) * 4);
        var prefix = IPPrefix.Create(zone.Bits | (bits & ~(UInt128.MaxValue << (128 - zone.Length))), zone.AddressLength, zone.IsIPv6);
        return prefix.Truncate(length);
    }
}
