// Builds a zone with most of its dynamic records at once: to edit millions of names into it would take minutes.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Updating;

/// <summary>Takes the names that updates have added to a zone, see <see cref="IsSimple"/>; all other names are edited in afterwards. Used once.</summary>
/// <param name="zone">As <see cref="LayerReplay"/> begins: without updates.</param>
/// <param name="names">How many to make room for; a guess is fine.</param>
internal sealed class LayerBuilder(DynamicZone zone, int names)
{
    // So many different sets of records are looked for among those that came before; peers have those of a few servers.
    private const int MostShared = 1 << 16;

    // Names that stand above others come on top; an index that is too small by one is made twice as large.
    private const int LeastSpare = 1024;

    private readonly LookupName _lookup = new();
    private readonly ZoneBuilder _builder = new(zone.Origin, zone.Base.NodeCount + names + names / 64 + LeastSpare);
    private readonly Dictionary<string, int> _shared = [];
    private readonly Dictionary<int, List<HeldRecord>> _policys = [];
    private readonly List<byte> _key = [];
    private int _baseNames;

    // By node of the builder.
    private Traits[] _traits = new Traits[zone.Base.NodeCount + names];
    private int[] _baseNodes = [];

    [Flags]
    private enum Traits : byte
    {
        None = 0,

        /// <summary>Has records of its own.</summary>
        Own = 1,

        /// <summary>Other names stand below, so that it exists for their sake.</summary>
        Above = 2,

        /// <summary>Is a cut or has a DNAME, so that a wildcard below would be hidden.</summary>
        Blocked = 4,

        /// <summary>Is a peer's or a port's name, or stands between those and an address.</summary>
        Nat = 8,
    }

    /// <summary>Copies the zone without updates; to be called first.</summary>
    public void AddBase()
    {
        var name = new byte[DomainName.MaxLength];
        _baseNodes = new int[zone.Base.NodeCount];
        var uses = CountUses();
        foreach (var source in zone.Base.InOrder)
        {
            var node = _builder.AddName(name.AsSpan(0, zone.Base.WriteName(source, name)));
            _baseNodes[node] = source;
            _traits[node] |= NatTrait(node);
            var rrsets = zone.Base.RRsetsOf(source);
            if (rrsets.Length > 0)
            {
                Place(node, HeldRecord.Of(zone.Base, source), mayShare: uses[zone.Base.FirstRRset(source)] > 1);
            }
        }

        _baseNames = _builder.NodeCount;
    }

    /// <summary>Whether the zone lacks the name without updates, no wildcard is in the way, and all that is kept of it is records to be there.</summary>
    public bool IsSimple(DomainName owner, IReadOnlyList<DynamicRecord> records)
    {
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].TimeToLive is not { } timeToLive || (i > 0 && records[i - 1].Type == records[i].Type && records[i - 1].TimeToLive != timeToLive))
            {
                return false;
            }
        }

        return !HasWildcard(owner.Wire) && HeldRecord.Find(zone.Base, _lookup, owner) < 0;
    }

    /// <summary>Adds a name that is simple, with the names and wildcards that come to exist with it; see <see cref="LayerEditor"/>.</summary>
    public void Add(DomainName owner, IReadOnlyList<DynamicRecord> records)
    {
        var node = AddName(owner);
        var own = records.Select(record => new HeldRecord(record.Type, record.TimeToLive!.Value, record.Data)).ToList();
        PlaceOwn(node, own);
        _traits[node] |= Traits.Own | (own.Exists(record => record.Type is RecordType.DNAME or RecordType.NS) ? Traits.Blocked : Traits.None);
        if (zone.Terms.Reverse is not null)
        {
            PlaceWildcard(node, isForAbove: false);
            NoteAbove(_builder.ParentOf(node));
        }
    }

    public ZoneSnapshot Freeze() => _builder.Freeze();

    private static bool HasWildcard(ReadOnlySpan<byte> name)
    {
        for (; name[0] != 0; name = name[(name[0] + 1)..])
        {
            if (name[0] == 1 && name[1] == (byte)'*')
            {
                return true;
            }
        }

        return false;
    }

    // How many names have the RRsets that begin at each place.
    private int[] CountUses()
    {
        var uses = new int[zone.Base.RRsetCount + 1];
        foreach (var node in zone.Base.InOrder)
        {
            uses[zone.Base.FirstRRset(node)]++;
        }

        return uses;
    }

    private int AddName(DomainName owner)
    {
        var first = _builder.NodeCount;
        var node = _builder.AddName(owner.Wire);
        GrowableArray.EnsureRoom(ref _traits, _builder.NodeCount + 1);
        for (var added = first; added < _builder.NodeCount; added++)
        {
            _traits[added] = NatTrait(added);
        }

        return node;
    }

    private Traits NatTrait(int node) => node == ZoneSnapshot.Apex ? Traits.None
        : (_traits[_builder.ParentOf(node)] & Traits.Nat)
        | (_builder.LabelOf(node).SequenceEqual(PeerName.PeerLabel) || _builder.LabelOf(node).SequenceEqual(PeerName.PortLabel) ? Traits.Nat : Traits.None);

    // Names that came to exist for the sake of one below: each inherits, and so does its wildcard.
    private void NoteAbove(int node)
    {
        for (; node >= _baseNames && (_traits[node] & Traits.Above) == 0; node = _builder.ParentOf(node))
        {
            _traits[node] |= Traits.Above;
            if ((_traits[node] & Traits.Own) == 0)
            {
                Place(node, PolicysAt(node), mayShare: true);
            }

            PlaceWildcard(node, isForAbove: true);
        }
    }

    private void PlaceWildcard(int node, bool isForAbove)
    {
        // An address's name with addresses below gives at once, others once they are above another.
        if (!Inherits(node, out var hasAddressesBelow)
            || !(hasAddressesBelow ?? isForAbove)
            || (_traits[node] & Traits.Blocked) != 0
            || PolicysAt(node) is not { Count: > 0 } policys
            || !_builder.NameOf(node).TryPrependWildcard(out _))
        {
            return;
        }

        var wildcard = _builder.AddWildcard(node);
        GrowableArray.EnsureRoom(ref _traits, _builder.NodeCount + 1);
        _traits[wildcard] = NatTrait(wildcard);
        Place(wildcard, policys, mayShare: true);
    }

    // See NameContent.Published: an alias and a cut carry no discovery records, and what a name inherits gives way to its own.
    private void PlaceOwn(int node, List<HeldRecord> own)
    {
        var isAlone = zone.Terms.Reverse is null || own.Exists(record => record.Type is RecordType.CNAME or RecordType.DNAME or RecordType.NS || record.IsDiscovery);
        var policys = isAlone ? [] : PolicysAt(node);
        if (policys.Count == 0)
        {
            Place(node, own, mayShare: true);
        }
        else if (policys.Exists(record => own.Exists(other => other.Type == record.Type)))
        {
            // RFC 2181 §5.2: the name's own say how long the RRset is kept.
            Place(node, [.. own, .. policys.Select(record => own.Find(other => other.Type == record.Type) is { Data.IsEmpty: false } first ? record with { TimeToLive = first.TimeToLive } : record)], mayShare: false);
        }
        else
        {
            Place(node, policys, mayShare: true);
            own.ForEach(record => _builder.AddRecord(node, record.TimeToLive, record.Type, record.Data.Span));
        }
    }

    private void Place(int node, List<HeldRecord> records, bool mayShare)
    {
        if (records.Count == 0)
        {
            return;
        }

        if (mayShare && records.TrueForAll(record => record.TimeToLive == records[0].TimeToLive) && TryShare(records, out var shared))
        {
            _builder.Share(node, shared);
        }
        else
        {
            records.ForEach(record => _builder.AddRecord(node, record.TimeToLive, record.Type, record.Data.Span));
        }
    }

    private bool TryShare(List<HeldRecord> records, out int shared)
    {
        var key = KeyOf(records);
        var known = _shared.GetAlternateLookup<ReadOnlySpan<char>>();
        if (known.TryGetValue(key, out shared))
        {
            return true;
        }

        if (_shared.Count == MostShared)
        {
            return false;
        }

        shared = _builder.DefineShared([.. records.Select(Decode)], records[0].TimeToLive);
        known[key] = shared;
        return true;
    }

    // Octets in pairs, as strings are what dictionaries look up without a copy.
    private ReadOnlySpan<char> KeyOf(List<HeldRecord> records)
    {
        _key.Clear();
        Span<byte> header = stackalloc byte[2 * sizeof(uint)];
        foreach (var record in records)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)record.Type);
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)record.Data.Length);
            BinaryPrimitives.WriteUInt32BigEndian(header[4..], record.TimeToLive);
            _key.AddRange(header);
            _key.AddRange(record.Data.Span);
            _key.AddRange(header[..(record.Data.Length % sizeof(char))]);
        }

        return MemoryMarshal.Cast<byte, char>(CollectionsMarshal.AsSpan(_key));
    }

    private static RecordData Decode(HeldRecord record)
    {
        var reader = WireReader.OverData(record.Data.Span);
        return RecordTypes.TryReadData(record.Type, ref reader, out var data) ? data : new UnknownData(record.Type, record.Data.ToArray());
    }

    // What the wildcard above gives in the zone without updates: that of the longest name which is there.
    private List<HeldRecord> PolicysAt(int node)
    {
        if (!Inherits(node, out _))
        {
            return [];
        }

        while (node >= _baseNames)
        {
            node = _builder.ParentOf(node);
        }

        if (!_policys.TryGetValue(node, out var policys))
        {
            ref readonly var deepest = ref zone.Base.Node(_baseNodes[node]);
            policys = deepest.Wildcard == 0 || NodeTraits.Hides(deepest.Flags) ? [] : [.. HeldRecord.Of(zone.Base, deepest.Wildcard).Where(record => record.IsDiscovery)];
            _policys.Add(node, policys);
        }

        return policys;
    }

    private bool Inherits(int node, out bool? hasAddressesBelow)
    {
        hasAddressesBelow = null;
        return (_traits[node] & Traits.Nat) != 0 ? zone.Terms.Reverse is not null : zone.Inherits(_builder.NameOf(node), out hasAddressesBelow);
    }
}
