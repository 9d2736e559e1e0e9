// Puts the records of a transfer together: a whole zone, or the changes since the version that is here.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Transfers.Incoming;

internal enum TransferKind
{
    /// <summary>Not known before the second record.</summary>
    Unknown,

    /// <summary>The primary has no later version.</summary>
    UpToDate,

    Whole,
    Incremental,
}

/// <summary>
/// Takes records in the order of the stream (RFC 5936 §2.2, RFC 1995 §4). Every failure is a <see cref="TransferException"/>. Used once.
/// </summary>
/// <param name="present">The serial that an incremental transfer was asked from; null where the whole zone was asked for.</param>
/// <param name="maxSize">Octets, names uncompressed, that are taken.</param>
internal sealed class TransferAssembler(DomainName origin, uint? present, long maxSize)
{
    // RFC 1035 §4.1.3: type, class, TTL and length.
    private const int RecordHeader = 10;

    // A zone under construction keeps all data in one array.
    private const long MostData = 2_000_000_000;

    private readonly long _maxSize = Math.Min(maxSize, MostData);
    private byte[] _soa = [];
    private uint _soaTimeToLive;
    private long _size;
    private Step _step = Step.First;
    private uint _serialBefore;
    private uint _serialAfter;
    private List<DeltaRecord> _removed = [];
    private List<DeltaRecord> _added = [];

    private enum Step
    {
        /// <summary>The SOA of the version that comes.</summary>
        First,

        /// <summary>What tells a whole zone from changes.</summary>
        Second,

        Whole,
        Removing,
        Adding,
        Complete,
    }

    public TransferKind Kind { get; private set; }

    public bool IsComplete => _step == Step.Complete;

    /// <summary>The serial of the version that comes.</summary>
    public uint Serial { get; private set; }

    /// <summary>The whole zone, not frozen yet; null for changes.</summary>
    public ZoneBuilder? Zone { get; private set; }

    public List<ZoneIncrement> Changes { get; } = [];

    /// <summary>Takes the next record.</summary>
    public void Take(in TransferRecord record)
    {
        if (!WireName.IsSubdomainOf(record.Owner, origin.Wire))
        {
            throw new TransferException($"it has a record of {NameOf(record)}, which lies outside the zone");
        }

        _size += record.Owner.Length + RecordHeader + record.Data.Length;
        if (_size > _maxSize)
        {
            throw new TransferException($"it is larger than {_maxSize} octets");
        }

        var isSoa = record.Type == RecordType.SOA;
        if (isSoa && !WireName.EqualsIgnoreCase(record.Owner, origin.Wire))
        {
            throw new TransferException($"it has an SOA record of {NameOf(record)}, which is not the apex");
        }

        switch (_step)
        {
            case Step.First when isSoa:
                Begin(record);
                break;
            case Step.First:
                throw new TransferException("it does not begin with an SOA record");
            case Step.Second when isSoa && present is not null:
                BeginChange(record);
                break;
            case Step.Second:
                Kind = TransferKind.Whole;
                Zone = new ZoneBuilder(origin);
                _step = Step.Whole;
                Zone.AddRecord(ZoneSnapshot.Apex, _soaTimeToLive, RecordType.SOA, _soa);
                TakeWhole(record, isSoa);
                break;
            case Step.Whole:
                TakeWhole(record, isSoa);
                break;
            case Step.Removing when isSoa:
                _serialAfter = SerialOf(record.Data);
                _added.Add(DeltaOf(record));
                _step = Step.Adding;
                break;
            case Step.Removing:
                _removed.Add(DeltaOf(record));
                break;
            case Step.Adding when isSoa:
                EndChange(record);
                break;
            case Step.Adding:
                _added.Add(DeltaOf(record));
                break;
            default:
                throw new TransferException("it goes on after its last SOA record");
        }
    }

    /// <summary>To be called after each message: the answer to an incremental request may be one SOA record alone (RFC 1995 §4).</summary>
    public void EndMessage()
    {
        // Where the serial is later, more has to come.
        if (_step == Step.Second && present is { } serial && Protocol.Security.SerialNumber.Compare(Serial, serial) <= 0)
        {
            Kind = TransferKind.UpToDate;
            _step = Step.Complete;
        }
    }

    private void Begin(in TransferRecord soa)
    {
        _soa = soa.Data.ToArray();
        _soaTimeToLive = soa.TimeToLive;
        Serial = SerialOf(soa.Data);
        _step = Step.Second;
    }

    private void BeginChange(in TransferRecord soa)
    {
        Kind = TransferKind.Incremental;
        _serialBefore = SerialOf(soa.Data);
        _removed = [DeltaOf(soa)];
        _added = [];
        _step = Step.Removing;
    }

    private void EndChange(in TransferRecord soa)
    {
        if (Protocol.Security.SerialNumber.Compare(_serialAfter, _serialBefore) <= 0)
        {
            throw new BrokenDeltaException($"a change leads from serial {_serialBefore} back to {_serialAfter}");
        }

        Changes.Add(new ZoneIncrement(_serialBefore, _serialAfter, _removed, _added));
        if (_serialAfter != Serial)
        {
            BeginChange(soa);
        }
        else if (!soa.Data.SequenceEqual(_soa))
        {
            throw new BrokenDeltaException("its first and its last SOA record differ");
        }
        else
        {
            _step = Step.Complete;
        }
    }

    private void TakeWhole(in TransferRecord record, bool isSoa)
    {
        if (isSoa)
        {
            _step = record.Data.SequenceEqual(_soa)
                ? Step.Complete
                : throw new TransferException("its first and its last SOA record differ");
            return;
        }

        Zone!.AddRecord(Zone.AddName(record.Owner), record.TimeToLive, record.Type, record.Data);
    }

    private static DomainName NameOf(in TransferRecord record) => DomainName.TryFromWire(record.Owner, out var name) ? name : default;

    private static DeltaRecord DeltaOf(in TransferRecord record) => new(NameOf(record), record.Type, record.TimeToLive, record.Data.ToArray());

    private static uint SerialOf(ReadOnlySpan<byte> soa)
    {
        var reader = WireReader.OverData(soa);
        _ = reader.TryReadName(out _) & reader.TryReadName(out _) & reader.TryReadUInt32(out var serial);
        return serial;
    }
}
