// Appends to a store of octets: an empty one, or one that other versions of a zone go on reading.

namespace AltoDns.Zones.Serving;

/// <summary>Not safe for several threads.</summary>
internal sealed class OctetStoreBuilder
{
    private const int SegmentLength = OctetStore.SegmentWords * OctetStore.WordLength;

    // A last segment that is full is copied into a larger one up to this length: segments are few and appending stays cheap.
    private const int LengthToCopy = SegmentLength / 4;

    // What a version claims of the last segment while it appends there: nobody else gets it.
    private const int Claimed = -1;

    private readonly List<byte[]> _segments = [];
    private StoreTail? _claimed;
    private byte[] _current = [];
    private int _length;

    /// <param name="expectedLength">Octets to make room for at once; a guess is fine.</param>
    public OctetStoreBuilder(long expectedLength = 0) => _current = new byte[Math.Min(expectedLength, SegmentLength)];

    /// <param name="before">Stays as it is and shares its octets.</param>
    public OctetStoreBuilder(OctetStore before)
    {
        var segments = before.Segments;
        if (segments.IsEmpty)
        {
            return;
        }

        _segments.AddRange(segments[..^1]);
        var last = segments[^1];
        if (before.Tail.TryAdvance(before.LastLength, Claimed))
        {
            _claimed = before.Tail;
            (_current, _length) = (last, before.LastLength);
        }
        else if (before.LastLength <= LengthToCopy)
        {
            (_current, _length) = (last.AsSpan(0, before.LastLength).ToArray(), before.LastLength);
        }
        else
        {
            _segments.Add(last);
        }
    }

    /// <summary>Appends octets and returns where they start.</summary>
    /// <exception cref="ArgumentException">They are more than a segment holds, 64 MB: no message could carry them (RFC 1035 §4.2.2).</exception>
    /// <exception cref="InvalidOperationException">The store is full.</exception>
    public uint Append(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(Reserve(octets.Length, out var start));
        return start;
    }

    /// <summary>Makes room for octets that the caller writes.</summary>
    /// <inheritdoc cref="Append"/>
    public Span<byte> Reserve(int length, out uint start)
    {
        if (length > SegmentLength)
        {
            throw new ArgumentException("An RRset is longer than 64 MB, which no DNS message can carry.", nameof(length));
        }

        var isFull = _length + length > _current.Length && _length > LengthToCopy && _claimed is not null;
        if (isFull || _length + length > SegmentLength)
        {
            CloseSegment();
        }

        if (_segments.Count == OctetStore.MaxSegments)
        {
            throw new InvalidOperationException("A zone has more data than fits into its store.");
        }

        // The next run starts on a word.
        var end = (_length + length + OctetStore.WordLength - 1) & ~(OctetStore.WordLength - 1);
        MakeRoom(end);
        start = (uint)_segments.Count * OctetStore.SegmentWords + (uint)(_length / OctetStore.WordLength);
        var room = _current.AsSpan(_length, length);
        _length = end;
        return room;
    }

    /// <summary>The store as it is now; the builder is not to be used afterwards.</summary>
    /// <param name="trim">Whether to give spare room back: for a zone that was built as a whole, not for one that is edited again and again.</param>
    public OctetStore Build(bool trim)
    {
        // To copy what has little to spare would need the room twice.
        if (trim && _claimed is null && _current.Length - _length > _current.Length / 16)
        {
            Array.Resize(ref _current, _length);
        }

        var tail = _claimed ?? new StoreTail(Claimed);
        _claimed = null;
        tail.TryAdvance(Claimed, _length);
        return new OctetStore([.. _segments, _current], _length, tail);
    }

    private void MakeRoom(int end)
    {
        if (_current.Length < end)
        {
            Array.Resize(ref _current, (int)Math.Max(end, Math.Min(_current.Length * 2L, SegmentLength)));
        }
    }

    private void CloseSegment()
    {
        // Whoever had this segment before may go on appending to it no more: it is followed by another now.
        _claimed = null;
        _segments.Add(_current);
        (_current, _length) = ([], 0);
    }
}
