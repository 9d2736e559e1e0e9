// What workers leave for a writer: a ring of places made once. Where it is full, what comes is dropped and counted; nobody waits.

using System.Numerics;
using AltoDns.Server.Answering;

namespace AltoDns.Server.Observing.Tap;

/// <summary>
/// Any number of threads add, one takes. Each place has a number that says whose turn it is: its own position when it may be filled, one more
/// when it may be read, and a round later when it may be filled again.
/// </summary>
internal sealed class TapRing
{
    private readonly TapEntry[] _entries;
    private readonly int _mask;
    private long _next;
    private long _taken;
    private long _dropped;

    /// <param name="capacity">Rounded up to a power of two.</param>
    public TapRing(int capacity)
    {
        _entries = new TapEntry[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _entries.Length - 1;
        for (var i = 0; i < _entries.Length; i++)
        {
            _entries[i] = new TapEntry { Sequence = i };
        }
    }

    /// <summary>Entries that found no room.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Add(ReadOnlySpan<byte> request, ReadOnlySpan<byte> response, in QueryContext context)
    {
        while (request.Length + response.Length <= TapEntry.MaxLength)
        {
            var position = Volatile.Read(ref _next);
            var entry = _entries[position & _mask];
            var turn = Volatile.Read(ref entry.Sequence) - position;
            if (turn < 0)
            {
                break;
            }

            if (turn == 0 && Interlocked.CompareExchange(ref _next, position + 1, position) == position)
            {
                entry.Fill(request, response, context);
                Volatile.Write(ref entry.Sequence, position + 1);
                return;
            }
        }

        Interlocked.Increment(ref _dropped);
    }

    /// <summary>The oldest entry, until <see cref="Release"/>; null where there is none.</summary>
    public TapEntry? Peek()
    {
        var entry = _entries[_taken & _mask];
        return Volatile.Read(ref entry.Sequence) == _taken + 1 ? entry : null;
    }

    /// <summary>Gives the place of the oldest entry back.</summary>
    public void Release()
    {
        var entry = _entries[_taken & _mask];
        Volatile.Write(ref entry.Sequence, _taken + _entries.Length);
        _taken++;
    }
}
