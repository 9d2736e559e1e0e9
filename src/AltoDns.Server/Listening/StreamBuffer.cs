// Octets on their way in or out of a connection, in rented memory that is given back whenever there are none.

using System.Buffers;

namespace AltoDns.Server.Listening;

/// <summary>Written at its end, taken from its start. Not safe for several threads. A mutable struct: never copy it.</summary>
internal struct StreamBuffer
{
    private const int InitialSize = 4096;

    private byte[]? _array;
    private int _start;
    private int _end;

    public readonly int Length => _end - _start;

    /// <summary>What was written and not yet taken.</summary>
    public readonly ReadOnlyMemory<byte> Filled => _array.AsMemory(_start, Length);

    /// <summary>Room after what is filled, at least <paramref name="least"/> octets and at least one; call <see cref="Advance"/> after writing there.</summary>
    public Memory<byte> Reserve(int least)
    {
        least = Math.Max(least, 1);
        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(Math.Max(least, InitialSize));
        }
        else if (_array.Length - _end < least)
        {
            MakeRoom(least);
        }

        return _array.AsMemory(_end);
    }

    /// <summary>Counts octets written into the reserved room as filled.</summary>
    public void Advance(int count) => _end += count;

    /// <summary>Takes octets from the start.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Release();
        }
    }

    /// <summary>Forgets everything and gives the memory back.</summary>
    public void Release()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        this = default;
    }

    private void MakeRoom(int least)
    {
        var array = _array!;
        var length = Length;
        var target = array.Length - length >= least ? array : ArrayPool<byte>.Shared.Rent(length + least);
        array.AsSpan(_start, length).CopyTo(target);
        if (target != array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        _array = target;
        _start = 0;
        _end = length;
    }
}
