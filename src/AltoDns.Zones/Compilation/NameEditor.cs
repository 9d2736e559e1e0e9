// Gives names of a compiled zone the records that the policy now wants there.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

/// <summary>Edits only what differs; used once.</summary>
/// <param name="own">What names have of their own, which may be other than in the zone before.</param>
internal sealed class NameEditor(
    ZoneSnapshot before, ReverseZone zone, PolicyDocument policy, AssignmentTable table, Lazy<ServerContent>[] servers, OwnRRsets own)
{
    // Assignments of a server to look at for a name that has its records alone.
    private const int MostSamples = 8;

    private readonly SnapshotEditor _editor = new(before);
    private readonly AssignmentNames _names = new(zone, policy.Publish);
    private readonly OwnRRsets _own = own;
    private readonly Dictionary<int, RRsetPlace> _places = [];
    private List<RRsetContent>? _apex;
    private bool _isChanged;

    /// <summary>Whether the zone before does not tell enough, so that it has to be compiled as a whole.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Decides on the records of a name that is there, and of the wildcard below it.</summary>
    /// <param name="isAlive">Whether the name exists from now on.</param>
    public void Update(int node, IPPrefix prefix, bool isAlive)
    {
        var flags = before.Node(node).Flags;
        var server = isAlive ? ServerAt(prefix) : -1;
        var isFree = (flags & (NodeFlags.Cut | NodeFlags.Dname | NodeFlags.Occluded)) == 0;
        Set(node, isFree && (flags & NodeFlags.Cname) == 0 ? server : -1);
        if (!_names.AreInherited)
        {
            return;
        }

        // Names below an alias are no aliases (RFC 1034 §3.6.2), so the addresses there are still ours.
        var belowIt = isFree && !IsFullLength(prefix) ? server : -1;
        var wildcard = before.Node(node).Wildcard;
        if (wildcard == 0)
        {
            CreateWildcard(prefix, belowIt);
        }
        else if (isFree && (before.Node(wildcard).Flags & (NodeFlags.Cname | NodeFlags.Dname)) != 0)
        {
            // There is a problem to report, or none any more.
            HasFailed = true;
        }
        else
        {
            Set(wildcard, belowIt);
        }
    }

    /// <summary>Adds a name and those missing between it and the deepest ancestor that is there.</summary>
    public void Create(IPPrefix name, int ancestor)
    {
        if (NodeTraits.Hides(before.Node(ancestor).Flags))
        {
            return;
        }

        if (!_names.AreInherited)
        {
            Set(zone.NameOf(name), ServerAt(name));
            return;
        }

        // In a classless zone an address is directly below the apex.
        var step = zone.IsClassless ? name.Length : ReverseName.BitsPerLabel(name.IsIPv6);
        var missing = LabelsOf(name) + before.OriginDepth - before.Node(ancestor).Depth;
        for (var labels = missing - 1; labels >= 0; labels--)
        {
            var prefix = labels == 0 ? name : name.Truncate(name.Length - labels * step);
            var server = ServerAt(prefix);
            Set(zone.NameOf(prefix), server);
            CreateWildcard(prefix, IsFullLength(prefix) ? -1 : server);
        }
    }

    /// <summary>Gives a name that is there records of its own, with no server's beside them.</summary>
    public void SetOwn(int node) => Set(node, -1);

    /// <summary>Adds a name with records of its own and, beside them, those of a server.</summary>
    /// <param name="server">-1 for none.</param>
    public void Create(DomainName name, IReadOnlyList<RRsetContent> records, int server)
    {
        if (records.Count == 0)
        {
            Set(name, server);
            return;
        }

        _isChanged = true;
        _editor.Set(name, _editor.Add([.. _own.Join(records, server < 0 ? null : servers[server].Value)]));
    }

    /// <summary>The server whose records the name of a prefix carries; -1 for none.</summary>
    public int ServerAt(IPPrefix name) => _names.AssignmentAt(name, table) is >= 0 and var assignment ? policy.Assignments[assignment].Server : -1;

    /// <summary>The zone with all edits made and a serial that tells so; null where nothing differs, or it has failed.</summary>
    /// <param name="soaSource">The zone whose SOA record this one has, serials apart; null where the policy has its own.</param>
    public ZoneSnapshot? Build(Func<uint> defaultSerial, ZoneSnapshot? soaSource = null)
    {
        _isChanged |= soaSource is not null && IsNewSoa(soaSource);
        if (!_isChanged || HasFailed)
        {
            return null;
        }

        if (policy.Soa is { Serial: null } || soaSource is not null)
        {
            var soa = ZoneSerial.SoaWith(soaSource ?? before, ZoneSerial.After(before.Serial, soaSource?.Serial ?? defaultSerial()));
            _apex ??= [.. Enumerable.Range(before.FirstRRset(ZoneSnapshot.Apex), before.RRsetsOf(ZoneSnapshot.Apex).Length)
                .Select(rrset => RRsetContent.Keep(before, rrset))];
            _apex[_apex.FindIndex(content => content.Type == soa.Type)] = soa;
        }

        if (_apex is not null)
        {
            _editor.Set(ZoneSnapshot.Apex, _editor.Add([.. _apex]));
        }

        return _editor.Build();
    }

    private int LabelsOf(IPPrefix name) =>
        zone.IsClassless ? 1 : (name.Length - zone.Prefix.Length) / ReverseName.BitsPerLabel(name.IsIPv6);

    private bool IsFullLength(IPPrefix prefix) => prefix.Length == zone.Prefix.AddressLength;

    private bool IsNewSoa(ZoneSnapshot source)
    {
        if ((int)(source.Serial - before.Serial) > 0)
        {
            return true;
        }

        var soa = ZoneSerial.SoaWith(source, before.Serial);
        ref readonly var rrset = ref before.RRset(before.SoaRRset);
        return soa.TimeToLive != rrset.TimeToLive || !soa.Data.Span.SequenceEqual(before.DataOf(rrset));
    }

    private void Set(int node, int server)
    {
        var contents = _own.With(node, server < 0 ? null : servers[server].Value);
        if (contents is null)
        {
            HasFailed = true;
        }
        else if (!_own.IsAt(node, contents))
        {
            _isChanged = true;
            if (node == ZoneSnapshot.Apex)
            {
                _apex = contents;
            }
            else
            {
                var isServersAlone = server >= 0 && contents.Count == servers[server].Value.RRsets.Count && !_own.HasAny(node);
                _editor.Set(node, isServersAlone ? PlaceOf(server) : _editor.Add([.. contents]));
            }
        }
    }

    private void CreateWildcard(IPPrefix prefix, int server)
    {
        if (server >= 0 && zone.NameOf(prefix).TryPrependWildcard(out var wildcard))
        {
            Set(wildcard, server);
        }
    }

    private void Set(DomainName name, int server)
    {
        if (server >= 0)
        {
            _isChanged = true;
            _editor.Set(name, PlaceOf(server));
        }
    }

    // Where the records of a server are in the zone before, if a name has them alone; else they are added once.
    private RRsetPlace PlaceOf(int server)
    {
        if (!_places.TryGetValue(server, out var place))
        {
            place = FindPlace(server) ?? _editor.Add([.. _own.With(-1, servers[server].Value)!]);
            _places.Add(server, place);
        }

        return place;
    }

    private RRsetPlace? FindPlace(int server)
    {
        var contents = _own.With(-1, servers[server].Value)!;
        var lookup = new LookupName();
        foreach (var assignment in policy.Assignments.Where(entry => entry.Server == server && zone.Prefix.Contains(entry.Prefix)).Take(MostSamples))
        {
            lookup.Set(zone.NameOf(_names.Of(assignment.Prefix).First()).Wire);
            if (before.FindNode(lookup) is > ZoneSnapshot.Apex and var node && _own.IsAt(node, contents))
            {
                return new RRsetPlace(before.FirstRRset(node), (ushort)contents.Count);
            }
        }

        return null;
    }
}
