// One update against a zone: prerequisites, the look ahead, and the changes, in the order of RFC 2136 §3.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Zones.Updating;

/// <summary>Changes copies only; who finds it good takes them. Used once.</summary>
internal sealed class UpdateAttempt(PendingZone pending, Func<RecordType, long?> expires)
{
    private readonly DomainName _origin = pending.Zone.Origin;

    public Dictionary<DomainName, NameContent> Names { get; } = [];

    public List<RowChange> Rows { get; } = [];

    public bool HasChanged { get; private set; }

    /// <summary>The SOA that the update sets, null for none.</summary>
    public HeldRecord? Soa { get; private set; }

    public uint SoaSerial { get; private set; }

    public UpdateResult Run(UpdateMessage update, UpdatePermission permission)
    {
        var code = PrerequisiteChecker.Check(update, _origin, Read);
        if (code != ResponseCode.NoError)
        {
            return new UpdateResult(code);
        }

        // RFC 2136 §3.3: rights are looked at after the prerequisites, and before the update section (§3.4).
        if (permission.IsEmpty)
        {
            return new UpdateResult(ResponseCode.Refused, "no rule lets this key change the zone");
        }

        code = UpdateScanner.Check(update, _origin);
        if (code != ResponseCode.NoError)
        {
            return new UpdateResult(code);
        }

        if (new UpdateGuard(pending, Read).FindBar(update, permission) is { } reason)
        {
            return new UpdateResult(ResponseCode.Refused, reason);
        }

        foreach (var record in update.Updates)
        {
            Apply(record, update.ZoneClass);
        }

        return new UpdateResult(ResponseCode.NoError);
    }

    public void Expire(DomainName owner, RecordType type, ReadOnlyMemory<byte> data)
    {
        Rows.Add(new RowChange(RowChangeKind.Drop, owner, type, 0, data));
        if (!pending.ReadBase(owner).Own.Exists(record => record.IsSame(type, data.Span)))
        {
            Remove(Edit(owner), record => record.IsSame(type, data.Span));
        }
    }

    private NameContent Read(DomainName name) => Names.TryGetValue(name, out var content) ? content : pending.Read(name);

    private NameContent Edit(DomainName name)
    {
        if (!Names.TryGetValue(name, out var content))
        {
            Names[name] = content = pending.Read(name).Copy();
        }

        return content;
    }

    private void Apply(in UpdateRecord update, RecordClass zoneClass)
    {
        var owner = update.Owner.ToLower();
        if (update.Class == zoneClass)
        {
            Add(owner, update);
        }
        else if (update.Class == RecordClass.None)
        {
            Delete(owner, update.Type, update.Data!.ToWire(canonical: true));
        }
        else if (update.Type == RecordType.ANY)
        {
            DeleteName(owner);
        }
        else
        {
            DeleteRRset(owner, update.Type);
        }
    }

    private void Add(DomainName owner, in UpdateRecord update)
    {
        var (type, data) = (update.Type, update.Data!.ToWire(canonical: true));
        var timeToLive = update.TimeToLive > int.MaxValue ? 0 : update.TimeToLive;
        var content = Edit(owner);
        if (type == RecordType.SOA)
        {
            AddSoa(owner, new HeldRecord(type, timeToLive, data), (SoaData)update.Data);
            return;
        }

        // RFC 2136 §3.4.2.2: an alias and other data do not go together; what is there stays.
        var visible = content.Visible(owner == _origin);
        if (type == RecordType.CNAME ? visible.Any(record => record.Type != RecordType.CNAME) : visible.Any(record => record.Type == RecordType.CNAME))
        {
            return;
        }

        // RFC 2136 §3.4.2.2, RFC 6672 §5.2: of some types there is one record, which the new one replaces.
        if (type is RecordType.CNAME or RecordType.DNAME && !content.Own.Exists(record => record.IsSame(type, data)))
        {
            DeleteRRset(owner, type);
        }

        Put(owner, content, new HeldRecord(type, timeToLive, data));
    }

    private void Put(DomainName owner, NameContent content, HeldRecord record)
    {
        Rows.Add(new RowChange(RowChangeKind.Put, owner, record.Type, record.TimeToLive, record.Data, expires(record.Type)));
        var present = content.Own.FindIndex(other => other.IsSame(record.Type, record.Data.Span));
        if (present < 0)
        {
            content.Own.Add(record);
            HasChanged = true;
        }

        // RFC 2181 §5.2: the records of an RRset have one TTL; the newest says which.
        for (var i = 0; i < content.Own.Count; i++)
        {
            var other = content.Own[i];
            if (other.Type != record.Type || other.TimeToLive == record.TimeToLive)
            {
                continue;
            }

            HasChanged = true;
            content.Own[i] = other with { TimeToLive = record.TimeToLive };
            if (i != present)
            {
                Rows.Add(new RowChange(RowChangeKind.Retime, owner, other.Type, record.TimeToLive, Canonical(other)));
            }
        }
    }

    private void AddSoa(DomainName owner, HeldRecord soa, SoaData data)
    {
        // RFC 2136 §3.4.2.2: only at the apex, and only forward.
        var serial = Soa is null ? pending.Serial : SoaSerial;
        if (owner != _origin || SerialNumber.Compare(data.Serial, serial) <= 0)
        {
            return;
        }

        (Soa, SoaSerial, HasChanged) = (soa, data.Serial, true);
        Rows.Add(new RowChange(RowChangeKind.DropRRset, owner, RecordType.SOA, 0, default));
        Rows.Add(new RowChange(RowChangeKind.Put, owner, RecordType.SOA, soa.TimeToLive, soa.Data));
    }

    private void Delete(DomainName owner, RecordType type, byte[] data)
    {
        // RFC 2136 §3.4.2.4: neither the apex's SOA nor its last NS.
        var content = Edit(owner);
        if (owner == _origin
            && (type == RecordType.SOA || (type == RecordType.NS && content.Own.Count(record => record.Type == RecordType.NS) == 1)))
        {
            return;
        }

        Rows.Add(new RowChange(RowChangeKind.Drop, owner, type, 0, data));
        Hide(owner, record => record.IsSame(type, data));
        Remove(content, record => record.IsSame(type, data));
    }

    private void DeleteRRset(DomainName owner, RecordType type)
    {
        // RFC 2136 §3.4.2.3.
        if (owner == _origin && type is RecordType.SOA or RecordType.NS)
        {
            return;
        }

        Rows.Add(new RowChange(RowChangeKind.DropRRset, owner, type, 0, default));
        Hide(owner, record => record.Type == type);
        Remove(Edit(owner), record => record.Type == type);
    }

    private void DeleteName(DomainName owner)
    {
        if (owner != _origin)
        {
            Rows.Add(new RowChange(RowChangeKind.DropName, owner, RecordType.None, 0, default));
            Hide(owner, record => !IsKept(owner, record));
            Remove(Edit(owner), record => !IsKept(owner, record));
            return;
        }

        // RFC 2136 §3.4.2.3: the apex keeps its SOA and NS.
        foreach (var type in Edit(owner).Own.Select(record => record.Type).Distinct().ToList())
        {
            if (!IsKept(owner, new HeldRecord(type, 0, default)))
            {
                DeleteRRset(owner, type);
            }
        }
    }

    // What the policy makes of a name stays with it, as the apex keeps its SOA and NS.
    private bool IsKept(DomainName owner, HeldRecord record) => pending.Terms.IsProtected(record.Type, owner == _origin)
        && pending.ReadBase(owner).Own.Exists(other => other.Type == record.Type);

    private void Hide(DomainName owner, Func<HeldRecord, bool> picks)
    {
        foreach (var record in pending.ReadBase(owner).Own.Where(picks))
        {
            Rows.Add(new RowChange(RowChangeKind.Hide, owner, record.Type, 0, Canonical(record)));
        }
    }

    private void Remove(NameContent content, Predicate<HeldRecord> picks) => HasChanged |= content.Own.RemoveAll(picks) > 0;

    private static byte[] Canonical(HeldRecord record)
    {
        var reader = WireReader.OverData(record.Data.Span);
        return RecordTypes.TryReadData(record.Type, ref reader, out var data) ? data.ToWire(canonical: true) : record.Data.ToArray();
    }
}
