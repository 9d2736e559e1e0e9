// A zone while a group of updates is being applied to it: each sees what those before it did.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Updating;

/// <summary>Used for one group; not safe for several threads. The zone itself stays as it is.</summary>
public sealed class PendingZone(DynamicZone zone)
{
    private readonly LookupName _lookup = new();
    private readonly Dictionary<DomainName, NameContent> _names = [];
    private readonly List<RowChange> _rows = [];
    private HeldRecord _soa = HeldRecord.Of(zone.Content, ZoneSnapshot.Apex).Single(record => record.Type == RecordType.SOA);
    private uint _serial = zone.Content.Serial;

    // Whether something changed since a client set the serial, so that the server has to (RFC 2136 §3.6).
    private bool _serialIsDue;

    public DynamicZone Zone => zone;

    public UpdatableZone Terms => zone.Terms;

    /// <summary>Whether the records differ from those of <see cref="Zone"/>.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>What is to be kept, in order; possibly so where nothing differs, such as a longer lease.</summary>
    public IReadOnlyList<RowChange> Rows => _rows;

    /// <summary>The serial that the zone gets.</summary>
    public uint Serial => _serialIsDue ? _serial + 1 : _serial;

    /// <summary>Applies an update wholly or not at all.</summary>
    /// <param name="expires">When records end, from their type, in seconds since 1970-01-01T00:00:00Z; null for never.</param>
    public UpdateResult Apply(UpdateMessage update, UpdatePermission permission, Func<RecordType, long?> expires)
    {
        var attempt = new UpdateAttempt(this, expires);
        var result = attempt.Run(update, permission);
        return result.ResponseCode == ResponseCode.NoError ? result with { HasChanged = Take(attempt) } : result;
    }

    /// <summary>Takes out records that have lasted as long as they were to; one that files have too stays.</summary>
    public void Expire(DomainName owner, RecordType type, ReadOnlyMemory<byte> data)
    {
        var attempt = new UpdateAttempt(this, _ => null);
        attempt.Expire(owner, type, data);
        Take(attempt);
    }

    /// <summary>The next version, and the names that may differ; the same version where nothing does. It is offered to the zone's line, for the caller to accept.</summary>
    public (DynamicZone Zone, IReadOnlyList<DomainName> Changed) Build()
    {
        if (!HasChanged)
        {
            return (zone, []);
        }

        var editor = new LayerEditor(zone, zone.Line.Begin());
        foreach (var (name, content) in _names)
        {
            editor.Set(name, content);
        }

        var next = editor.Build(SoaWith(_soa, Serial));
        zone.Line.Offer(next);
        return (zone with { Content = next }, editor.Changed);
    }

    internal HeldRecord Soa => _soa;

    /// <summary>What a name has after the updates before.</summary>
    internal NameContent Read(DomainName name) => _names.TryGetValue(name, out var content) ? content : zone.Read(name, _lookup);

    /// <summary>What a name has without any update.</summary>
    internal NameContent ReadBase(DomainName name) => zone.ReadBase(name, _lookup);

    /// <summary>Whether the name would never be found, because the policy redirects it.</summary>
    internal bool IsRedirected(DomainName name)
    {
        _lookup.Set(name.Wire);
        var node = zone.Base.FindDeepest(_lookup);
        var isItself = zone.Base.Node(node).Depth == _lookup.Depth;
        while (node != ZoneSnapshot.Apex)
        {
            if (!isItself && (zone.Base.Node(node).Flags & NodeFlags.Dname) != 0)
            {
                return true;
            }

            isItself = false;
            node = zone.Base.ParentOf(node);
        }

        return false;
    }

    internal static RRsetContent SoaWith(HeldRecord soa, uint serial)
    {
        var reader = WireReader.OverData(soa.Data.Span);
        return SoaData.TryRead(ref reader, out var data)
            ? RRsetContent.Of(soa.TimeToLive, [new SoaData(data.Primary, data.Contact, serial, data.Refresh, data.Retry, data.Expire, data.Minimum)])
            : throw new InvalidOperationException("The SOA cannot be read.");
    }

    private bool Take(UpdateAttempt attempt)
    {
        _rows.AddRange(attempt.Rows);
        foreach (var (name, content) in attempt.Names)
        {
            _names[name] = content;
        }

        if (attempt.Soa is { } soa)
        {
            (_soa, _serial, _serialIsDue) = (soa, attempt.SoaSerial, false);
        }
        else
        {
            _serialIsDue |= attempt.HasChanged;
        }

        HasChanged |= attempt.HasChanged;
        return attempt.HasChanged;
    }
}
