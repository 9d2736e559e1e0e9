// Labels of a zone, each kept once: a reverse tree of millions of names has a few hundred of them, peers have millions.

namespace AltoDns.Zones.Serving;

/// <summary>Gives equal labels (lower case, length octet first) one offset in one array.</summary>
internal sealed class LabelStore
{
    private byte[] _octets = new byte[64];
    private int _length;

    // Offsets by the hash of their labels, open addressing; 0 is a free slot. Always a power of two, at most two thirds of it taken.
    private int[] _slots = new int[64];
    private int _count;

    // Offset 0 is the root's empty label, so that no other label has it.
    public LabelStore() => _octets[_length++] = 0;

    /// <summary>Where the label is, added if it is new.</summary>
    public int Add(ReadOnlySpan<byte> label)
    {
        var slot = Find(label);
        if (_slots[slot] != 0)
        {
            return _slots[slot];
        }

        GrowableArray.EnsureRoom(ref _octets, _length + label.Length);
        label.CopyTo(_octets.AsSpan(_length));
        var offset = _slots[slot] = _length;
        _length += label.Length;
        if (++_count > _slots.Length / 3 * 2)
        {
            Grow();
        }

        return offset;
    }

    /// <summary>The label at an offset, length octet first.</summary>
    public ReadOnlySpan<byte> Get(int offset) => _octets.AsSpan(offset, _octets[offset] + 1);

    public byte[] ToArray() => _octets.AsSpan(0, _length).ToArray();

    // The slot of the label, or the free one where it belongs.
    private int Find(ReadOnlySpan<byte> label)
    {
        var hash = default(HashCode);
        hash.AddBytes(label);
        var slot = hash.ToHashCode() & (_slots.Length - 1);
        while (_slots[slot] != 0 && !Get(_slots[slot]).SequenceEqual(label))
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (var offset = 1; offset < _length; offset += _octets[offset] + 1)
        {
            _slots[Find(Get(offset))] = offset;
        }
    }
}
