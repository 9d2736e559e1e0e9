// Gives names of a zone other records of their own, and all names around them what follows from the compile rule.
//
//   a new PTR                77.2.0.192            inherits what *.2.0.192 has
//   a new peer               c1f3.a._peer.77…      a._peer, _peer and 77 come to exist: each inherits, and so do names beside them

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Updating;

/// <summary>Used once; not safe for several threads.</summary>
/// <param name="before">Has the records of the zone's content, and is edited.</param>
internal sealed class LayerEditor(DynamicZone zone, ZoneSnapshot before)
{
    private readonly LookupName _lookup = new();
    private readonly Dictionary<DomainName, NameContent> _names = [];
    private readonly SnapshotEditor _editor = new(before);

    // Names that stand above others and are not in the zone without updates: whether they go on to exist.
    private readonly Dictionary<DomainName, bool> _above = [];
    private readonly List<DomainName> _changed = [];

    /// <summary>Names that were given other records, all that follow from them included.</summary>
    public IReadOnlyList<DomainName> Changed => _changed;

    /// <summary>What a name is to have; the last counts.</summary>
    public void Set(DomainName name, NameContent content) => _names[name] = content;

    /// <summary>The zone with all edits made.</summary>
    /// <param name="soa">The apex's SOA from now on.</param>
    public ZoneSnapshot Build(RRsetContent soa)
    {
        if (!_names.ContainsKey(zone.Origin))
        {
            _names[zone.Origin] = zone.Read(zone.Origin, _lookup);
        }

        NoteAbove();
        foreach (var (name, content) in _names)
        {
            Place(name, content, soa);
        }

        // Longest first, as a name goes on to exist where one below it does.
        foreach (var name in _above.Keys.Where(name => !_names.ContainsKey(name)).OrderByDescending(name => name.LabelCount).ToList())
        {
            Place(name, zone.Read(name, _lookup), soa);
        }

        return _editor.Build();
    }

    private void NoteAbove()
    {
        if (zone.Terms.Reverse is null)
        {
            return;
        }

        foreach (var (name, content) in _names)
        {
            for (var above = name.Parent; name != zone.Origin && !IsInBase(above); above = above.Parent)
            {
                _above.TryGetValue(above, out var isAlive);
                if (isAlive)
                {
                    break;
                }

                _above[above] = content.Own.Count > 0;
            }
        }
    }

    private void Place(DomainName name, NameContent content, RRsetContent soa)
    {
        var isApex = name == zone.Origin;
        if (isApex || IsInBase(name))
        {
            Publish(name, content.Published(isApex), isApex ? soa : null);
        }
        else if (content.Own.Count > 0)
        {
            Publish(name, content.Published(isApex));
            PlaceWildcard(name, content, IsAbove(name));
        }
        else if (!name.IsWildcard || IsInBase(name.Parent) || !zone.Inherits(name, out _))
        {
            PlaceAbove(name, content);
        }
    }

    // A name without records of its own that the zone would not have but for names below it.
    private void PlaceAbove(DomainName name, NameContent content)
    {
        var isAbove = IsAbove(name);
        Publish(name, isAbove ? content.Published(isApex: false) : []);
        PlaceWildcard(name, content, isAbove);
    }

    private void PlaceWildcard(DomainName name, NameContent content, bool isAbove)
    {
        if (name.IsWildcard || !zone.Inherits(name, out var hasAddressesBelow) || !name.TryPrependWildcard(out var wildcard))
        {
            return;
        }

        // RFC 4592 §3.3.1: no wildcard reaches past a name that exists, so this one gives what the one above gave.
        var gives = hasAddressesBelow is { } are ? are && (isAbove || content.Own.Count > 0) : isAbove;
        var below = _names.GetValueOrDefault(wildcard) ?? zone.Read(wildcard, _lookup);
        if (gives || below.ExistsAnyway)
        {
            var isBlocked = content.Own.Exists(record => record.Type is RecordType.DNAME or RecordType.NS);
            Publish(wildcard, gives && !isBlocked ? below.Published(isApex: false) : below.Own);
        }
    }

    private bool IsAbove(DomainName name)
    {
        if (zone.Terms.Reverse is null)
        {
            return false;
        }

        if (!_above.TryGetValue(name, out var isAlive) || !isAlive)
        {
            _above[name] = isAlive = HasOwnBelow(name);
        }

        return isAlive;
    }

    // Whether any name below that is not edited has records of its own.
    private bool HasOwnBelow(DomainName top)
    {
        var content = zone.Content;
        var node = HeldRecord.Find(content, _lookup, top);
        if (node < 0)
        {
            return false;
        }

        for (var below = NameOrder.After(content, node); below >= 0 && content.Node(below).Depth > content.Node(node).Depth; below = NameOrder.After(content, below))
        {
            var name = content.NameOf(below);
            if (!_names.ContainsKey(name) && zone.Read(name, _lookup).Own.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsInBase(DomainName name) => HeldRecord.Find(zone.Base, _lookup, name) >= 0;

    private void Publish(DomainName name, IEnumerable<HeldRecord> records, RRsetContent? soa = null)
    {
        var contents = new List<RRsetContent>();
        foreach (var rrset in records.Where(record => soa is null || record.Type != RecordType.SOA).GroupBy(record => record.Type))
        {
            // Records of the policy come last: the name's own say how long all of them are kept (RFC 2181 §5.2).
            contents.Add(RRsetContent.Of(rrset.Key, rrset.First().TimeToLive, RunOf(rrset)));
        }

        if (soa is { } apex)
        {
            contents.Add(apex);
        }

        contents.Sort((left, right) => left.Type.CompareTo(right.Type));
        _changed.Add(name);
        _editor.Set(name, [.. contents]);
    }

    private static byte[] RunOf(IEnumerable<HeldRecord> records)
    {
        var run = new List<byte>();
        foreach (var record in records)
        {
            run.Add((byte)(record.Data.Length >> 8));
            run.Add((byte)record.Data.Length);
            run.AddRange(record.Data.Span);
        }

        return [.. run];
    }
}
