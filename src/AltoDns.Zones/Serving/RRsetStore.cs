// Gathers the records of each name into RRsets, with the signatures that cover them.

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>Lays RRsets out one after another and gives names that carry the same shared RRsets the same place.</summary>
internal sealed class RRsetStore(ZoneBuilder builder)
{
    private readonly Dictionary<int, (int First, ushort Count)> _shared = [];
    private readonly List<PendingRecord> _pending = [];
    private readonly List<int> _distinct = [];
    // With each record its length, and what fills up its RRset's last word.
    private readonly OctetStoreBuilder _data = new(builder.Data.Length + (long)builder.RecordCount * (sizeof(ushort) + OctetStore.WordLength));
    private RRset[] _rrsets = new RRset[Math.Max(builder.RecordCount, 16)];
    private SignatureRun[] _signatures = [];
    private int _count;

    public ReadOnlySpan<RRset> RRsets => _rrsets.AsSpan(0, _count);

    /// <summary>The RRsets in an array of their own; nothing is added afterwards.</summary>
    public RRset[] TakeRRsets()
    {
        // Where each record is an RRset, as in most reverse zones, there is nothing to spare.
        if (_rrsets.Length != _count)
        {
            Array.Resize(ref _rrsets, _count);
        }

        return _rrsets;
    }

    /// <summary>As many as RRsets; empty where no RRset is signed.</summary>
    public ReadOnlySpan<SignatureRun> Signatures => _signatures.AsSpan(0, Math.Min(_count, _signatures.Length));

    /// <summary>The octets of all data; nothing is added afterwards.</summary>
    public OctetStore BuildData() => _data.Build(trim: true);

    /// <summary>The place of a node's RRsets, in ascending order of type.</summary>
    public (int First, ushort Count) Add(BuilderNode node)
    {
        if (node.FirstRecord >= 0)
        {
            return AddOwn(node);
        }

        if (node.Shared == 0)
        {
            return (0, 0);
        }

        if (!_shared.TryGetValue(node.Shared, out var place))
        {
            place = AddOwn(node);
            _shared.Add(node.Shared, place);
        }

        return place;
    }

    private (int First, ushort Count) AddOwn(BuilderNode node)
    {
        _pending.Clear();
        for (var record = node.FirstRecord; record >= 0; record = builder.Records[record].Next)
        {
            var entry = builder.Records[record];
            var covered = entry.Type == RecordType.RRSIG ? CoveredBy(entry) : entry.Type;
            _pending.Add(new PendingRecord(covered, entry.Type == RecordType.RRSIG, _pending.Count, entry.TimeToLive, entry.Offset, entry.Length, null));
        }

        if (node.Shared != 0)
        {
            var shared = builder.Shared[node.Shared - 1];
            foreach (var data in shared.Records)
            {
                var wire = data.ToWire();
                _pending.Add(new PendingRecord(data.RecordType, false, _pending.Count, shared.TimeToLive, 0, wire.Length, wire));
            }
        }

        _pending.Sort(PendingRecord.Compare);
        var first = _count;
        for (var start = 0; start < _pending.Count;)
        {
            var signatures = start;
            while (signatures < _pending.Count && _pending[signatures].Type == _pending[start].Type && !_pending[signatures].IsSignature)
            {
                signatures++;
            }

            var end = signatures;
            while (end < _pending.Count && _pending[end].Type == _pending[start].Type)
            {
                end++;
            }

            // A signature of records that are not there has no use and no place.
            if (signatures > start)
            {
                AddRRset(start, signatures);
                AddSignatures(signatures, end);
            }

            start = end;
        }

        return (first, (ushort)(_count - first));
    }

    private void AddRRset(int start, int end)
    {
        var timeToLive = uint.MaxValue;
        for (var i = start; i < end; i++)
        {
            timeToLive = Math.Min(timeToLive, _pending[i].TimeToLive);
        }

        var count = WriteRun(start, end, out var offset, out var length);
        GrowableArray.EnsureRoom(ref _rrsets, _count + 1);
        _rrsets[_count++] = new RRset
        {
            Type = _pending[start].Type,
            Count = (ushort)count,
            TimeToLive = timeToLive,
            Offset = offset,
            Length = length,
        };
    }

    private void AddSignatures(int start, int end)
    {
        if (start == end && _signatures.Length == 0)
        {
            return;
        }

        if (_signatures.Length < _count)
        {
            Array.Resize(ref _signatures, _rrsets.Length);
        }

        if (start < end)
        {
            WriteRun(start, end, out var offset, out var length);
            _signatures[_count - 1] = new SignatureRun(offset, length);
        }
    }

    /// <returns>Records written: each but those that are there already (RFC 2181 §5).</returns>
    private int WriteRun(int start, int end, out uint offset, out int length)
    {
        HashSet<RecordData>? seen = end - start > 1 ? [] : null;
        _distinct.Clear();
        length = 0;
        for (var i = start; i < end; i++)
        {
            if (seen is null || seen.Add(Decode(_pending[i])))
            {
                _distinct.Add(i);
                length += sizeof(ushort) + _pending[i].Length;
            }
        }

        var room = _data.Reserve(length, out offset);
        foreach (var i in _distinct)
        {
            var wire = WireOf(_pending[i]);
            BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)wire.Length);
            wire.CopyTo(room[sizeof(ushort)..]);
            room = room[(sizeof(ushort) + wire.Length)..];
        }

        return _distinct.Count;
    }

    private ReadOnlySpan<byte> WireOf(PendingRecord record) => record.Wire ?? builder.Data.Slice(record.Offset, record.Length);

    private RecordType CoveredBy(BuilderRecord signature) =>
        (RecordType)BinaryPrimitives.ReadUInt16BigEndian(builder.Data.Slice(signature.Offset, sizeof(ushort)));

    private RecordData Decode(PendingRecord record)
    {
        var type = record.IsSignature ? RecordType.RRSIG : record.Type;
        var wire = WireOf(record);
        var reader = new WireReader(wire);
        return RecordTypes.TryReadData(type, ref reader, out var data) ? data : new UnknownData(type, wire.ToArray());
    }

    /// <summary>A record on its way into an RRset.</summary>
    /// <param name="Type">Its type; of a signature the type that it covers.</param>
    private readonly record struct PendingRecord(
        RecordType Type, bool IsSignature, int Order, uint TimeToLive, int Offset, int Length, byte[]? Wire)
    {
        // Records keep their order within an RRset; its signatures come after them.
        public static int Compare(PendingRecord left, PendingRecord right) =>
            left.Type != right.Type ? left.Type.CompareTo(right.Type)
            : left.IsSignature != right.IsSignature ? left.IsSignature.CompareTo(right.IsSignature)
            : left.Order.CompareTo(right.Order);
    }
}
