// The features of a made-up zone, one method each: cuts, wildcards, aliases, services, large RRsets, reverse names.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>Fills a builder; every feature is there with some chance, so that zones differ in what meets what.</summary>
internal sealed class ZoneFeatures
{
    private readonly Random _random;
    private readonly ZoneBuilder _zone;
    private readonly NameMaker _names;
    private readonly DataMaker _data;
    private readonly List<DomainName> _cuts = [];

    public ZoneFeatures(Random random, ZoneBuilder zone, bool hasPlainNames)
    {
        _random = random;
        _zone = zone;
        _names = new NameMaker(random, hasPlainNames);
        _data = new DataMaker(random, _names, zone);
    }

    public GeneratedZone Make()
    {
        Apex();
        Repeat(3, 10, Host);
        if (_zone.Origin.IsSubdomainOf(ReverseName.IPv4Root) || _zone.Origin.IsSubdomainOf(ReverseName.IPv6Root))
        {
            Repeat(3, 8, ReverseHost);
        }

        Repeat(0, 3, Cut);
        Repeat(0, 3, Wildcard);
        Repeat(0, 4, AliasChain);
        Repeat(0, 2, DnameAlias);
        Repeat(0, 3, Service);
        Repeat(0, 6, AnyRecord);
        Repeat(0, 2, LargeSet);
        Sometimes(8, AliasLoop);
        Sometimes(10, DnameLoop);
        Sometimes(6, UnusualApex);
        Repeat(0, 3, Occluded);
        return _zone.Build();
    }

    private void Apex()
    {
        var soaTimes = $"{_random.Next()} 3600 900 604800 {_random.Next(4) * 1200}";
        _zone.Add(_zone.Origin, RecordType.SOA, $"ns.{_zone.Origin} hostmaster.{_zone.Origin} {soaTimes}");
        _zone.Add(_zone.Origin, RecordType.NS, $"ns.{_zone.Origin}");
        var nameServer = NameMaker.Prepend(_zone.Origin, "ns");
        _zone.Add(nameServer, RecordType.A, _data.Make(RecordType.A));
        Sometimes(2, () => _zone.Add(nameServer, RecordType.AAAA, _data.Make(RecordType.AAAA)));
        Sometimes(2, () => _zone.Add(_zone.Origin, RecordType.NS, $"{_data.Outside()}"));
    }

    private void UnusualApex()
    {
        _zone.Add(_zone.Origin, RecordType.TXT, _data.Texts(1));
        _zone.Add(_zone.Origin, RecordType.MX, _data.Make(RecordType.MX));
        _zone.Add(NameMaker.Wildcard(_zone.Origin), RecordType.TXT, _data.Texts(1));
    }

    /// <summary>A name with addresses, often deep, so that empty non-terminals come by themselves.</summary>
    private void Host()
    {
        var owner = _names.Below(Base(), 3);
        Repeat(1, 2, () => _zone.Add(owner, RecordType.A, _data.Make(RecordType.A)));
        Sometimes(2, () => _zone.Add(owner, RecordType.AAAA, _data.Make(RecordType.AAAA)));
    }

    /// <summary>A PTR at an address name, at times with a wildcard or discovery records beside it.</summary>
    private void ReverseHost()
    {
        var owner = _zone.Origin;
        var isIPv6 = owner.IsSubdomainOf(ReverseName.IPv6Root);
        var fullLabels = isIPv6 ? 34 : 6;
        while (owner.LabelCount < fullLabels)
        {
            owner = NameMaker.Prepend(owner, isIPv6 ? _random.Next(3).ToString("x") : _random.Next(30).ToString());
            Sometimes(12, () => _zone.Add(NameMaker.Wildcard(owner), RecordType.NAPTR, _data.Make(RecordType.NAPTR)));
        }

        _zone.Add(owner, RecordType.PTR, _data.Make(RecordType.PTR));
        Sometimes(3, () => _zone.Add(owner, RecordType.NAPTR, _data.Make(RecordType.NAPTR)));
        Sometimes(4, () => _zone.Add(NameMaker.Wildcard(owner.Parent), RecordType.PTR, _data.Make(RecordType.PTR)));
    }

    /// <summary>A zone cut with glue, sibling glue, none, or addresses outside; with or without DS.</summary>
    private void Cut()
    {
        var cut = _names.Below(Base(), 2);
        for (var count = _random.Next(1, 4); count > 0; count--)
        {
            var target = _random.Next(5) switch
            {
                0 or 1 => _names.Below(cut, 2),
                2 when _cuts.Count > 0 => _names.Below(_cuts[_random.Next(_cuts.Count)], 1),
                3 => _data.Outside(),
                _ => _data.Target(),
            };
            if (_zone.Add(cut, RecordType.NS, $"{target}") && target.IsSubdomainOf(_zone.Origin))
            {
                Sometimes(2, 3, () => _zone.Add(target, RecordType.A, _data.Make(RecordType.A)));
                Sometimes(2, () => _zone.Add(target, RecordType.AAAA, _data.Make(RecordType.AAAA)));
            }
        }

        Sometimes(2, () => _zone.Add(cut, RecordType.DS, _data.Make(RecordType.DS)));
        _cuts.Add(cut);
    }

    /// <summary>Data that a cut or a DNAME hides: it must not be answered with.</summary>
    private void Occluded()
    {
        var hidden = _cuts.Count > 0 && _random.Next(3) > 0 ? _cuts[_random.Next(_cuts.Count)] : Base();
        var owner = _random.Next(5) == 0 ? NameMaker.Wildcard(hidden) : _names.Below(hidden, 2);
        var type = _random.Next(4) == 0 ? RecordType.CNAME : AnyType();
        _zone.Add(_random.Next(6) == 0 ? hidden : owner, type, _data.Make(type));
    }

    private void Wildcard()
    {
        var owner = NameMaker.Wildcard(_random.Next(2) == 0 ? Base() : _names.Below(_zone.Origin, 3));
        Repeat(1, 2, () =>
        {
            var type = _random.Next(8) switch
            {
                0 => RecordType.CNAME,
                1 => RecordType.NS,
                2 when _random.Next(4) == 0 => RecordType.DNAME,
                _ => AnyType(),
            };
            _zone.Add(owner, type, _data.Make(type));
        });

        // An existing name below the wildcard's parent, or below the wildcard itself, bounds it (RFC 4592 §2.2.1, §2.2.2).
        Sometimes(3, () => _zone.Add(_names.Below(owner.Parent, 2), RecordType.TXT, _data.Texts(1)));
        Sometimes(6, () => _zone.Add(_names.Below(owner, 1), RecordType.TXT, _data.Texts(1)));
    }

    private void AliasChain()
    {
        var owner = _names.Below(Base(), 2);
        for (var length = _random.Next(1, 6); length > 0; length--)
        {
            var target = length == 1 ? _data.Target() : _names.Below(Base(), 2);
            if (_random.Next(6) == 0)
            {
                target = _names.Below(target, 1);
            }

            _zone.Add(owner, RecordType.CNAME, $"{target}");
            owner = target;
        }
    }

    private void DnameAlias()
    {
        var owner = _names.Below(Base(), 2);
        var target = _random.Next(8) == 0 ? _names.Longest(_zone.Origin).Parent.Parent : _data.Target();
        _zone.Add(owner, RecordType.DNAME, $"{target}");
        Sometimes(2, () => _zone.Add(owner, RecordType.TXT, _data.Texts(1)));
        Sometimes(2, () => _zone.Add(_names.Below(_zone.Origin, 2), RecordType.CNAME, $"{_names.Below(owner, 2)}"));
        Sometimes(3, () => _zone.Add(_names.Below(target, 1), RecordType.CNAME, $"{_data.Target()}"));
    }

    private void AliasLoop()
    {
        var first = _names.Below(_zone.Origin, 2);
        var second = _names.Below(_zone.Origin, 2);
        _zone.Add(first, RecordType.CNAME, $"{second}");
        _zone.Add(second, RecordType.CNAME, $"{first}");
    }

    private void DnameLoop()
    {
        var first = _names.Below(_zone.Origin, 2);
        var second = _random.Next(2) == 0 ? _names.Below(_zone.Origin, 2) : _names.Below(first, 1);
        _zone.Add(first, RecordType.DNAME, $"{second}");
        _zone.Add(second, RecordType.DNAME, $"{first}");
    }

    /// <summary>Types whose targets' addresses go into the additional section.</summary>
    private void Service()
    {
        RecordType[] types = [RecordType.MX, RecordType.SRV, RecordType.NAPTR, RecordType.SVCB, RecordType.HTTPS];
        var type = types[_random.Next(types.Length)];
        var owner = _names.Below(Base(), 2);
        Repeat(1, 3, () => _zone.Add(owner, type, _data.Make(type)));
    }

    private void AnyRecord()
    {
        var owner = _random.Next(2) == 0 ? Base() : _names.Below(Base(), 2);
        var type = AnyType();
        _zone.Add(owner, type, _data.Make(type));
    }

    /// <summary>An RRset that does not fit a datagram, or nearly not.</summary>
    private void LargeSet()
    {
        // Not MX and SRV: Knot 3.2.6 never returns from a set of some fifty of them.
        RecordType[] types = [RecordType.TXT, RecordType.A, RecordType.AAAA, RecordType.PTR, RecordType.URI, RecordType.TLSA, (RecordType)65400];
        var owner = _names.Below(Base(), 2);
        var type = types[_random.Next(types.Length)];
        Repeat(5, 60, () => _zone.Add(owner, type, _data.Make(type)));
    }

    /// <summary>An existing name or one on the way to it; often the apex.</summary>
    private DomainName Base()
    {
        var name = _random.Next(3) == 0 ? _zone.Origin : _zone.Owners[_random.Next(_zone.Owners.Count)];
        return name != _zone.Origin && _random.Next(3) == 0 ? name.Parent : name;
    }

    private RecordType AnyType() => DataMaker.AnywhereTypes[_random.Next(DataMaker.AnywhereTypes.Count)];

    private void Repeat(int least, int most, Action feature)
    {
        for (var count = _random.Next(least, most + 1); count > 0; count--)
        {
            feature();
        }
    }

    private void Sometimes(int outOf, Action feature) => Sometimes(1, outOf, feature);

    private void Sometimes(int chances, int outOf, Action feature)
    {
        if (_random.Next(outOf) < chances)
        {
            feature();
        }
    }
}
