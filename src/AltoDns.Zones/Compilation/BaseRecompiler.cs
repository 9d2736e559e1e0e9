// Edits a compiled zone of the reverse tree so that it equals one compiled anew after its transferred base changed.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

/// <summary>
/// Looks at the names that differ between two versions of the base, at those between them and the deepest that was there before, and at
/// those above, which may cease to exist. Anything but plain records at plain names is left to compiling the whole. Used once.
/// </summary>
/// <param name="servers">For each server of the policy what it publishes.</param>
/// <param name="budget">Names to look at before it is better to compile the whole.</param>
internal sealed class BaseRecompiler(
    CompiledZone before, ZoneContent content, PolicyDocument policy, AssignmentTable table, Lazy<ServerContent>[] servers, int budget)
{
    private readonly ZoneSnapshot _zone = before.Snapshot;
    private readonly ReverseZone _reverse = content.Zone!;
    private readonly AssignmentNames _names = new(content.Zone!, policy.Publish);
    private readonly OwnRRsets _own = new(before.Snapshot, policy.TimeToLive);
    private readonly LookupName _lookup = new();
    private readonly Dictionary<DomainName, IReadOnlyList<RRsetContent>> _new = [];
    private readonly HashSet<int> _changed = [];

    // Names of the zone that get new ones below them.
    private readonly HashSet<int> _aboveNew = [];
    private readonly Dictionary<int, bool> _isAlive = [];
    private NameEditor? _editor;
    private int _budget = budget;

    /// <summary>The zone over the new base, the same snapshot where nothing of it differs; null where it has to be compiled as a whole.</summary>
    public CompiledZone? Run(ZoneSnapshot after, Func<uint> defaultSerial)
    {
        if (policy.Nats.Count > 0 || _zone.HasSignatures || _zone.Nsec3 is not null || !TryNoteChanges(after))
        {
            return null;
        }

        _editor = new NameEditor(_zone, _reverse, policy, table, servers, _own);
        foreach (var name in _new.Keys)
        {
            NoteAncestors(name);
        }

        foreach (var node in _changed)
        {
            Update(node);
        }

        CreateNew();
        if (_budget < 0 || _editor.HasFailed)
        {
            return null;
        }

        var edited = _editor.Build(defaultSerial, policy.Soa is null ? after : null);
        return _editor.HasFailed ? null : before with { Snapshot = edited ?? _zone, Base = after };
    }

    // False where a change is of a kind that takes more than editing its name.
    private bool TryNoteChanges(ZoneSnapshot after)
    {
        var isPlain = true;
        new SnapshotComparer(before.Base!, after).Compare((left, right) =>
        {
            isPlain = isPlain && --_budget >= 0 && IsPlain(before.Base!, left, after, right) && IsPlain(after, right, before.Base!, left);
            if (isPlain)
            {
                Note(left < 0 ? after.NameOf(right) : before.Base!.NameOf(left), after, right);
            }
        });
        return isPlain && _budget >= 0;
    }

    // Cuts and aliases hide names, addresses are what name servers are checked for, and records of ALTO are told to the operator.
    private bool IsPlain(ZoneSnapshot zone, int node, ZoneSnapshot other, int otherNode)
    {
        if (node < 0)
        {
            return true;
        }

        if ((zone.Node(node).Flags & (NodeFlags.Cut | NodeFlags.Dname | NodeFlags.Cname | NodeFlags.Occluded)) != 0)
        {
            return false;
        }

        for (var i = 0; i < zone.RRsetsOf(node).Length; i++)
        {
            ref readonly var rrset = ref zone.RRset(zone.FirstRRset(node) + i);
            var isApexNs = rrset.Type == RecordType.NS && node == ZoneSnapshot.Apex && policy.Nameservers.Count > 0;
            if (rrset.Type is RecordType.A or RecordType.AAAA or RecordType.NS && !isApexNs && !IsSame(zone, rrset, other, otherNode))
            {
                return false;
            }

            foreach (var data in new RRsetDataEnumerator(zone.DataOf(rrset)))
            {
                if (TransferredBases.ReasonToLeaveOut(content, zone, node, rrset.Type, data) is not null)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsSame(ZoneSnapshot zone, in RRset rrset, ZoneSnapshot other, int otherNode)
    {
        var index = otherNode < 0 ? -1 : other.FindRRset(otherNode, rrset.Type);
        return index >= 0 && other.RRset(index).TimeToLive == rrset.TimeToLive && other.DataOf(other.RRset(index)).SequenceEqual(zone.DataOf(rrset));
    }

    private void Note(DomainName name, ZoneSnapshot after, int node)
    {
        var own = new List<RRsetContent>();
        for (var i = 0; i < (node < 0 ? 0 : after.RRsetsOf(node).Length); i++)
        {
            ref readonly var rrset = ref after.RRset(after.FirstRRset(node) + i);
            if (!TransferredBases.IsLeftOut(rrset.Type, node == ZoneSnapshot.Apex) && !IsPolicys(rrset.Type, node))
            {
                own.Add(RRsetContent.Of(rrset.Type, rrset.TimeToLive, after.DataOf(rrset).ToArray()));
            }
        }

        _lookup.Set(name.Wire);
        var present = _zone.FindNode(_lookup);
        if (present < 0)
        {
            if (own.Count > 0)
            {
                _new.Add(name, own);
            }

            return;
        }

        if (present == ZoneSnapshot.Apex)
        {
            KeepPolicys(own);
        }

        _own.Replace(present, own);
        _changed.Add(present);
    }

    // The SOA record is edited last, with its serial.
    private bool IsPolicys(RecordType type, int node) =>
        node == ZoneSnapshot.Apex && (type == RecordType.SOA || (type == RecordType.NS && policy.Nameservers.Count > 0));

    private void KeepPolicys(List<RRsetContent> own)
    {
        own.Add(RRsetContent.Keep(_zone, _zone.SoaRRset));
        if (policy.Nameservers.Count > 0)
        {
            own.Add(RRsetContent.Keep(_zone, _zone.FindRRset(ZoneSnapshot.Apex, RecordType.NS)));
        }

        own.Sort((left, right) => left.Type.CompareTo(right.Type));
    }

    private void NoteAncestors(DomainName name)
    {
        _lookup.Set(name.Wire);
        for (var node = _zone.FindDeepest(_lookup); _aboveNew.Add(node) && node != ZoneSnapshot.Apex; node = _zone.ParentOf(node))
        {
        }
    }

    private void Update(int node)
    {
        // What the policy delegates is hidden here although it is plain in the base.
        if ((_zone.Node(node).Flags & (NodeFlags.Cut | NodeFlags.Dname | NodeFlags.Cname | NodeFlags.Occluded)) != 0)
        {
            _budget = -1;
            return;
        }

        if (TryGetPrefix(node, out var prefix))
        {
            _editor!.Update(node, prefix, !_names.AreInherited || IsAlive(node, prefix));
        }
        else if (_names.AreInherited && IsWildcard(node) && TryGetPrefix(_zone.ParentOf(node), out var above))
        {
            _editor!.Update(_zone.ParentOf(node), above, IsAlive(_zone.ParentOf(node), above));
            if (above.IsSingleAddress)
            {
                _editor.SetOwn(node);
            }
        }
        else
        {
            _editor!.SetOwn(node);
        }

        if (_names.AreInherited)
        {
            UpdateAncestors(node);
        }
    }

    // A name above may have existed for the sake of this one only.
    private void UpdateAncestors(int node)
    {
        while (node != ZoneSnapshot.Apex)
        {
            node = _zone.ParentOf(node);
            if (!TryGetPrefix(node, out var prefix))
            {
                continue;
            }

            if (IsAlive(node, prefix))
            {
                return;
            }

            _editor!.Update(node, prefix, isAlive: false);
        }
    }

    private bool IsAlive(int node, IPPrefix prefix)
    {
        if (!_isAlive.TryGetValue(node, out var isAlive))
        {
            _isAlive[node] = isAlive = node == ZoneSnapshot.Apex || _aboveNew.Contains(node) || _names.AnyAtOrBelow(prefix, table) || HasOwnAtOrBelow(node);
        }

        return isAlive;
    }

    private bool HasOwnAtOrBelow(int top)
    {
        for (var node = top; node >= 0 && (node == top || _zone.Node(node).Depth > _zone.Node(top).Depth); node = NameOrder.After(_zone, node))
        {
            _budget--;
            if (_own.HasAny(node))
            {
                return true;
            }
        }

        return false;
    }

    private void CreateNew()
    {
        var created = new HashSet<DomainName>();
        foreach (var name in _new.Keys)
        {
            _lookup.Set(name.Wire);
            var anchor = _zone.FindDeepest(_lookup);
            if (NodeTraits.Hides(_zone.Node(anchor).Flags))
            {
                _budget = -1;
                return;
            }

            var depth = _zone.Node(anchor).Depth;
            for (var missing = name; missing.LabelCount > depth; missing = missing.Parent)
            {
                if (!_names.AreInherited && missing != name)
                {
                    break;
                }

                Create(missing, created);
            }
        }
    }

    private void Create(DomainName name, HashSet<DomainName> created)
    {
        if (!created.Add(name))
        {
            return;
        }

        _budget--;
        var own = _new.GetValueOrDefault(name, []);
        if (_reverse.TryGetPrefix(name.Wire, out var prefix))
        {
            _editor!.Create(name, own, _editor.ServerAt(prefix));
            if (_names.AreInherited && !prefix.IsSingleAddress && name.TryPrependWildcard(out var wildcard))
            {
                Create(wildcard, created);
            }

            return;
        }

        var server = _names.AreInherited && name.IsWildcard && _reverse.TryGetPrefix(name.Parent.Wire, out var above) && !above.IsSingleAddress
            ? _editor!.ServerAt(above)
            : -1;
        _editor!.Create(name, own, server);
    }

    private bool IsWildcard(int node) => node != ZoneSnapshot.Apex && _zone.Node(_zone.ParentOf(node)).Wildcard == node;

    private bool TryGetPrefix(int node, out IPPrefix prefix)
    {
        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        return _reverse.TryGetPrefix(name[.._zone.WriteName(node, name)], out prefix);
    }
}
