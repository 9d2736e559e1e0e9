// Octets that only grow in number, in segments that the versions of a zone share.

using System.Runtime.CompilerServices;

namespace AltoDns.Zones.Serving;

/// <summary>
/// Immutable: runs of octets found by where they start. A start counts words of four octets over segments of equal size, so that
/// 32 bits reach 16 GB; a run lies within one segment.
/// </summary>
internal readonly struct OctetStore
{
    internal const int WordLength = 4;

    /// <summary>Words that a segment may have; most have fewer.</summary>
    internal const int SegmentWords = 1 << SegmentShift;

    internal const int MaxSegments = 1 << (32 - SegmentShift);

    private const int SegmentShift = 24;

    private readonly byte[][] _segments;

    internal OctetStore(byte[][] segments, int lastLength, StoreTail tail)
    {
        _segments = segments;
        LastLength = lastLength;
        Tail = tail;
    }

    /// <summary>Octets of memory held.</summary>
    public long Length => _segments.Sum(segment => (long)segment.Length);

    /// <summary>Octets that this version or another uses.</summary>
    public long UsedLength => _segments.Length == 0 ? 0 : Length - _segments[^1].Length + LastLength;

    /// <summary>What no start reaches.</summary>
    public uint EndOfStarts => _segments.Length == 0 ? 0 : (uint)(_segments.Length - 1) * SegmentWords + (uint)(LastLength / WordLength) + 1;

    internal ReadOnlySpan<byte[]> Segments => _segments;

    /// <summary>Octets of the last segment that this version uses.</summary>
    internal int LastLength { get; }

    /// <summary>Who may append to the last segment.</summary>
    internal StoreTail Tail { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Get(uint start, int length) =>
        _segments[start >> SegmentShift].AsSpan((int)(start & (SegmentWords - 1)) * WordLength, length);

    /// <summary>The same to be written to, by whoever laid out a store that no reader has yet.</summary>
    internal Span<byte> Fill(uint start, int length) =>
        _segments[start >> SegmentShift].AsSpan((int)(start & (SegmentWords - 1)) * WordLength, length);
}

/// <summary>How far the last segment is used by the newest version that has it, so that two versions never write the same octets.</summary>
internal sealed class StoreTail
{
    private int _used;

    public StoreTail(int used) => _used = used;

    /// <summary>Whether the one who read <paramref name="expected"/> may append from there on.</summary>
    public bool TryAdvance(int expected, int used) => Interlocked.CompareExchange(ref _used, used, expected) == expected;
}
