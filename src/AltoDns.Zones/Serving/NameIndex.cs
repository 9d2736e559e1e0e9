// Finds nodes by the hash of their names: open addressing, one 64-bit slot a node.

using System.Runtime.CompilerServices;

namespace AltoDns.Zones.Serving;

/// <summary>
/// Maps a name's hash to the nodes that may have that name. The upper half of a slot is the lower half of the hash, the lower half
/// the node plus one; 0 is a free slot. A reader walks from <see cref="Start"/> with <see cref="Next"/> until a free slot.
/// </summary>
internal sealed class NameIndex
{
    private ulong[] _slots;

    /// <param name="capacity">Nodes that there will be room for.</param>
    public NameIndex(int capacity) => _slots = new ulong[SlotsFor(capacity)];

    /// <summary>Nodes that fit before <see cref="Grow"/> is due.</summary>
    public int Capacity => (int)((long)_slots.Length * 2 / 3);

    public void Add(ulong hash, int node)
    {
        var position = Start(hash);
        while (_slots[position] != 0)
        {
            position = Next(position);
        }

        _slots[position] = hash << 32 | (uint)(node + 1);
    }

    /// <summary>Doubles the room; the caller adds every node again.</summary>
    public void Grow() => _slots = new ulong[checked(_slots.Length * 2)];

    /// <summary>Gives the nodes other numbers; hashes, and so places, stay. Faster than adding them to a new index, as it runs in order of memory.</summary>
    /// <param name="newIndexes">By old number.</param>
    public void Renumber(ReadOnlySpan<int> newIndexes)
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            if (slot != 0)
            {
                slot = slot & ~(ulong)uint.MaxValue | (uint)(newIndexes[(int)(uint)slot - 1] + 1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Start(ulong hash) => (int)(((hash ^ (hash >> 29)) * NameHash.Step >> 32) * (ulong)_slots.Length >> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int position) => position + 1 == _slots.Length ? 0 : position + 1;

    /// <summary>The node in a slot if its hash may be <paramref name="hash"/>; -1 for another's; false for a free slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(int position, ulong hash, out int node)
    {
        var slot = _slots[position];
        node = (uint)(slot >> 32) == (uint)hash ? (int)(uint)slot - 1 : -1;
        return slot != 0;
    }

    private static int SlotsFor(int capacity) => checked((int)Math.Max(8, (long)capacity * 3 / 2 + 1));
}
