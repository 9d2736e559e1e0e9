// Puts kept records on a zone: when the program starts, and whenever files or transfers bring another version of the zone.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Updating;

/// <summary>Takes names in any order, each once. Used once.</summary>
public sealed class LayerReplay(ZoneSnapshot zone, UpdatableZone terms)
{
    // So many names are edited into the zone at once: more would take memory, fewer time.
    private const int NamesAtOnce = 250_000;

    private readonly LookupName _lookup = new();
    private DynamicZone _zone = new(zone, zone, terms);
    private Dictionary<DomainName, NameContent> _names = [];
    private HeldRecord _soa = HeldRecord.Of(zone, ZoneSnapshot.Apex).Single(record => record.Type == RecordType.SOA);

    /// <summary>What is kept of a name.</summary>
    /// <param name="owner">At or below the origin, in lower case.</param>
    public void Add(DomainName owner, IReadOnlyList<DynamicRecord> records)
    {
        var content = _zone.ReadBase(owner, _lookup);
        var isApex = owner == zone.Origin;
        foreach (var record in records)
        {
            if (isApex && record.Type == RecordType.SOA)
            {
                _soa = record is { TimeToLive: { } soaTime } && !terms.IsPolicys ? new HeldRecord(record.Type, soaTime, record.Data) : _soa;
                continue;
            }

            // What the policy makes now is no longer an update's to change.
            if (terms.IsProtected(record.Type, isApex) && (isApex || content.Own.Exists(own => own.Type == record.Type)))
            {
                continue;
            }

            Apply(content.Own, record);
        }

        // RFC 2181 §5.2: updates said last how long the RRset is kept.
        foreach (var record in records.Where(record => record.TimeToLive is not null))
        {
            for (var i = 0; i < content.Own.Count; i++)
            {
                content.Own[i] = content.Own[i].Type == record.Type ? content.Own[i] with { TimeToLive = record.TimeToLive!.Value } : content.Own[i];
            }
        }

        _names[owner] = content;
        if (_names.Count == NamesAtOnce)
        {
            Flush(_zone.Content.Serial);
        }
    }

    /// <summary>The zone with all that was added.</summary>
    /// <param name="kept">The serial that it was last published with; null for none.</param>
    /// <param name="baseSerial">That of the zone without updates at the time.</param>
    public DynamicZone Build(uint? kept, uint baseSerial)
    {
        var serial = kept is not { } last ? zone.Serial
            : baseSerial == zone.Serial ? last
            : ZoneSerial.After(last, zone.Serial);
        if (_names.Count > 0 || serial != zone.Serial)
        {
            Flush(serial);
        }

        return _zone;
    }

    private void Flush(uint serial)
    {
        var editor = new LayerEditor(_zone);
        foreach (var (name, content) in _names)
        {
            editor.Set(name, content);
        }

        _zone = _zone with { Content = editor.Build(PendingZone.SoaWith(_soa, serial)) };
        _names = [];
    }

    private static void Apply(List<HeldRecord> own, DynamicRecord record)
    {
        var present = own.FindIndex(other => other.IsSame(record.Type, record.Data.Span));
        if (record.TimeToLive is not { } timeToLive)
        {
            own.RemoveAll(other => other.IsSame(record.Type, record.Data.Span));
        }
        else if (present < 0)
        {
            own.Add(new HeldRecord(record.Type, timeToLive, record.Data));
        }
    }
}
