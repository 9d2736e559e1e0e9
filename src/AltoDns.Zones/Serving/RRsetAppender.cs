// Appends RRsets to those of a zone that goes on being read.

namespace AltoDns.Zones.Serving;

/// <summary>
/// Writes behind the RRsets of the zone before where nobody did yet; else behind a copy of the last of them. Not safe for several threads.
/// </summary>
internal sealed class RRsetAppender(ZoneSnapshot before)
{
    // What a version claims of the room while it appends there: nobody else gets it.
    private const int Claimed = -1;

    private readonly PagedAppender<RRset> _rrsets = new(before.Parts.RRsets, before.Parts.RRsetCount);
    private PagedAppender<SignatureRun>? _signatures =
        before.HasSignatures ? new(before.Parts.Signatures, before.Parts.RRsetCount) : null;

    private StoreTail _tail = before.Parts.RRsetTail;
    private RRsetLineage _lineage = before.Parts.Lineage;
    private OctetStoreBuilder? _data;
    private bool _isClaimed;

    /// <summary>Where the next RRset goes, unless it has to stand beside others.</summary>
    public int Count => _rrsets.Count;

    /// <summary>Octets of data of the zone before that appended RRsets use.</summary>
    public long KeptOctets { get; private set; }

    public PagedArray<RRset> RRsets => _rrsets.Array;

    /// <summary>Appends RRsets that stand together, or finds them where they are already, and returns the index of the first.</summary>
    /// <exception cref="ArgumentException">One has no records.</exception>
    public int Add(ReadOnlySpan<RRsetContent> contents)
    {
        Claim();
        if (_lineage.TryFind(before, contents, out var hash, out var found))
        {
            return found;
        }

        _rrsets.Reserve(contents.Length);
        _signatures?.Reserve(contents.Length);
        var first = _rrsets.Count;
        foreach (ref readonly var content in contents)
        {
            Add(content);
        }

        _lineage.Remember(hash, contents, first);
        return first;
    }

    /// <summary>The zone's parts with what was appended; the appender is not to be used afterwards.</summary>
    public ZoneParts Build(ZoneParts parts)
    {
        if (_isClaimed)
        {
            _tail.TryAdvance(Claimed, Count);
        }

        return parts with
        {
            RRsets = _rrsets.Array,
            Signatures = _signatures?.Array ?? parts.Signatures,
            RRsetCount = Count,
            RRsetTail = _tail,
            Lineage = _lineage,
            Data = _data?.Build(trim: false) ?? parts.Data,
        };
    }

    private void Add(in RRsetContent content)
    {
        var signatures = content.KeepsSignatures ? SignaturesOf(content.Kept) : Store(content.Signatures.Span);
        var entry = content.Kept >= 0 ? before.RRset(content.Kept) : NewEntry(content);
        KeptOctets += content.Kept >= 0 ? entry.Length : 0;
        if (signatures.Length > 0)
        {
            _signatures ??= NoSignatures();
        }

        _rrsets.Add(entry);
        _signatures?.Add(signatures);
    }

    private void Claim()
    {
        if (_isClaimed)
        {
            return;
        }

        _isClaimed = true;
        if (!_tail.TryAdvance(Count, Claimed))
        {
            // Another version went on from the same zone: its RRsets and ours differ from here on.
            _lineage = new RRsetLineage(_lineage.HasNsec);
            _tail = new StoreTail(Claimed);
            _rrsets.PartFromOthers();
            _signatures?.PartFromOthers();
        }
    }

    // As many as there are RRsets, at the same places.
    private PagedAppender<SignatureRun> NoSignatures()
    {
        var rrsets = _rrsets.Array;
        return new(new(new SignatureRun[rrsets.First.Length], Array.ConvertAll(rrsets.Pages, page => new SignatureRun[page.Length])), Count);
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

    private SignatureRun SignaturesOf(int rrset) => before.HasSignatures ? before.Parts.Signatures[rrset] : default;

    private SignatureRun Store(ReadOnlySpan<byte> run)
    {
        if (run.IsEmpty)
        {
            return default;
        }

        _data ??= new OctetStoreBuilder(before.Parts.Data);
        return new SignatureRun(_data.Append(run), run.Length);
    }
}
