// Puts kept records on a zone: when the program starts, and whenever files or transfers bring another version of the zone.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Serving;
using AltoDns.Zones.State;

namespace AltoDns.Zones.Updating;

/// <summary>Takes names in any order, each once. Used once.</summary>
public sealed class LayerReplay
{
    // So many names are edited into the zone at once: more would take memory, fewer time.
    private const int NamesAtOnce = 250_000;

    // From so many records on the zone is built with them, if they are a good part of it; fewer are edited into it, and share what it has.
    private const int LeastToBuild = 50_000;

    private readonly LookupName _lookup = new();
    private readonly ZoneSnapshot _base;
    private readonly UpdatableZone _terms;
    private DynamicZone _zone;
    private Dictionary<DomainName, NameContent> _names = [];
    private HeldRecord _soa;

    public LayerReplay(ZoneSnapshot zone, UpdatableZone terms)
        : this(new DynamicZone(zone, zone, terms))
    {
    }

    private LayerReplay(DynamicZone dynamic)
    {
        (_zone, _base, _terms) = (dynamic, dynamic.Base, dynamic.Terms);
        _soa = HeldRecord.Of(_base, ZoneSnapshot.Apex).Single(record => record.Type == RecordType.SOA);
    }

    /// <summary>Puts all that is kept of a zone on it.</summary>
    /// <param name="zone">Without updates.</param>
    /// <param name="records">How many records are kept of it.</param>
    /// <param name="read">Reads what is kept, name by name; called once or twice.</param>
    /// <param name="kept">The serials that were kept; null for none.</param>
    public static DynamicZone Run(ZoneSnapshot zone, UpdatableZone terms, long records, Action<Action<DomainName, IReadOnlyList<DynamicRecord>>> read, KeptSerial? kept) =>
        Run(zone, terms, records, read, kept, LeastToBuild);

    internal static DynamicZone Run(
        ZoneSnapshot zone, UpdatableZone terms, long records, Action<Action<DomainName, IReadOnlyList<DynamicRecord>>> read, KeptSerial? kept, int leastToBuild)
    {
        var replay = new LayerReplay(zone, terms);
        if (records < leastToBuild || records < zone.NodeCount / 4 || records > Array.MaxLength)
        {
            read(replay.Add);
        }
        else
        {
            var others = 0L;
            var builder = new LayerBuilder(replay._zone, (int)records);
            builder.AddBase();
            read((owner, kept) =>
            {
                if (builder.IsSimple(owner, kept))
                {
                    builder.Add(owner, kept);
                }
                else
                {
                    others++;
                }
            });
            replay = new LayerReplay(new DynamicZone(zone, builder.Freeze(), terms));
            if (others > 0)
            {
                read((owner, kept) =>
                {
                    if (!builder.IsSimple(owner, kept))
                    {
                        replay.Add(owner, kept);
                    }
                });
            }
        }

        return replay.Build(kept?.Serial, kept?.BaseSerial ?? 0);
    }

    /// <summary>What is kept of a name.</summary>
    /// <param name="owner">At or below the origin, in lower case.</param>
    public void Add(DomainName owner, IReadOnlyList<DynamicRecord> records)
    {
        var content = _zone.ReadBase(owner, _lookup);
        var isApex = owner == _base.Origin;
        foreach (var record in records)
        {
            if (isApex && record.Type == RecordType.SOA)
            {
                _soa = record is { TimeToLive: { } soaTime } && !_terms.IsPolicys ? new HeldRecord(record.Type, soaTime, record.Data) : _soa;
                continue;
            }

            // What the policy makes now is no longer an update's to change.
            if (_terms.IsProtected(record.Type, isApex) && (isApex || content.Own.Exists(own => own.Type == record.Type)))
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
        var serial = kept is not { } last ? _base.Serial
            : baseSerial == _base.Serial ? last
            : ZoneSerial.After(last, _base.Serial);
        if (_names.Count > 0 || serial != _base.Serial)
        {
            Flush(serial);
        }

        return _zone;
    }

    private void Flush(uint serial)
    {
        var editor = new LayerEditor(_zone, _zone.Content);
        foreach (var (name, content) in _names)
        {
            editor.Set(name, content);
        }

        _zone = new DynamicZone(_base, editor.Build(PendingZone.SoaWith(_soa, serial)), _terms);
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
