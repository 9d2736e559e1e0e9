// Appends RRsets to those of a zone that goes on being read.

namespace AltoDns.Zones.Serving;

/// <summary>
/// Writes into the room that the zone before has left, where nobody did yet; else into a copy with room for later versions.
/// Not safe for several threads.
/// </summary>
internal sealed class RRsetAppender(ZoneSnapshot before)
{
    private const int LeastRoom = 64;

    // What a version claims of the room while it appends there: nobody else gets it.
    private const int Claimed = -1;

    private RRset[] _rrsets = before.Parts.RRsets;
    private SignatureRun[] _signatures = before.Parts.Signatures;
    private StoreTail _tail = before.Parts.RRsetTail;
    private object _lineage = before.Parts.Lineage;
    private OctetStoreBuilder? _data;
    private bool _hasRoom;
    private bool _isLarger;

    /// <summary>RRsets so far.</summary>
    public int Count { get; private set; } = before.Parts.RRsetCount;

    /// <summary>Octets of data of the zone before that appended RRsets use.</summary>
    public long KeptOctets { get; private set; }

    public ReadOnlySpan<RRset> RRsets => _rrsets.AsSpan(0, Count);

    /// <summary>Appends an RRset and returns its index.</summary>
    /// <exception cref="ArgumentException">It has no records.</exception>
    public int Add(in RRsetContent content)
    {
        var signatures = content.KeepsSignatures ? SignaturesOf(content.Kept) : Store(content.Signatures.Span);
        var entry = content.Kept >= 0 ? before.RRset(content.Kept) : NewEntry(content);
        KeptOctets += content.Kept >= 0 ? entry.Length : 0;
        MakeRoom();
        _rrsets[Count] = entry;
        if (signatures.Length > 0 && _signatures.Length == 0)
        {
            _signatures = new SignatureRun[_rrsets.Length];
        }

        if (_signatures.Length > 0)
        {
            _signatures[Count] = signatures;
        }

        return Count++;
    }

    /// <summary>The zone's parts with what was appended; the appender is not to be used afterwards.</summary>
    public ZoneParts Build(ZoneParts parts)
    {
        if (_hasRoom)
        {
            _tail.TryAdvance(Claimed, Count);
        }

        return parts with
        {
            RRsets = _rrsets,
            Signatures = _signatures,
            RRsetCount = Count,
            RRsetTail = _tail,
            Lineage = _lineage,
            Data = _data?.Build(trim: false) ?? parts.Data,
        };
    }

    private RRset NewEntry(in RRsetContent content)
    {
        ushort count = 0;
        foreach (var _ in new RRsetDataEnumerator(content.Data.Span))
        {
            count = checked((ushort)(count + 1));
        }

        if (count == 0)
        {
            throw new ArgumentException("An RRset has at least one record (RFC 2181 §5).", nameof(content));
        }

        var run = Store(content.Data.Span);
        return new RRset { Type = content.Type, Count = count, TimeToLive = content.TimeToLive, Offset = run.Offset, Length = run.Length };
    }

    private SignatureRun SignaturesOf(int rrset) => before.Parts.Signatures.Length == 0 ? default : before.Parts.Signatures[rrset];

    private SignatureRun Store(ReadOnlySpan<byte> run)
    {
        if (run.IsEmpty)
        {
            return default;
        }

        _data ??= new OctetStoreBuilder(before.Parts.Data);
        return new SignatureRun(_data.Append(run), run.Length);
    }

    private void MakeRoom()
    {
        if (!_hasRoom)
        {
            _hasRoom = true;
            if (!_tail.TryAdvance(Count, Claimed))
            {
                // Another version went on from the same zone: its RRsets and ours differ from here on.
                _lineage = new object();
                _tail = new StoreTail(Claimed);
                Resize();
            }
        }

        if (Count == _rrsets.Length)
        {
            Resize();
        }
    }

    private void Resize()
    {
        // Most versions differ little from the one before; who adds much pays for few copies.
        var capacity = checked(Count + Math.Max(LeastRoom, _isLarger ? Count / 2 : Count / 8));
        _isLarger = true;
        Array.Resize(ref _rrsets, capacity);
        if (_signatures.Length > 0)
        {
            Array.Resize(ref _signatures, capacity);
        }
    }
}
