// Finds nodes by the hash of their names: open addressing, one 64-bit slot a node.

using System.Runtime.CompilerServices;
using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

/// <summary>
/// Maps a name's hash to the nodes that may have that name. The upper half of a slot is the lower half of the hash, the lower half
/// the node plus one; 0 is a free slot. A slot without a node has been vacated. A reader walks from <see cref="Start"/> with <see cref="Next"/> until a free slot.
/// One thread may write while others read: a slot is written at once, and never freed.
/// </summary>
internal sealed class NameIndex
{
    // A slot whose node is gone: taken, so that the search goes on, but nobody's.
    private const ulong Vacated = 1UL << 32;

    private ulong[] _slots;

    // Slots that are not free, of which only the writer knows.
    private int _taken;

    /// <param name="capacity">Nodes that there will be room for.</param>
    public NameIndex(int capacity)
        : this(new ulong[SlotsFor(capacity)])
    {
    }

    private NameIndex(ulong[] slots) => _slots = slots;

    /// <summary>Nodes that fit before <see cref="Grow"/> is due.</summary>
    public int Capacity => (int)((long)_slots.Length * 2 / 3);

    /// <summary>An index of all nodes of a zone, with room for others.</summary>
    /// <param name="nodes">In canonical order, the apex first.</param>
    /// <param name="room">Nodes to make room for, those of the zone included.</param>
    public static NameIndex Of(NodeNames names, IEnumerable<int> nodes, DomainName origin, long room)
    {
        Span<ulong> hashes = stackalloc ulong[DomainName.MaxLabels + 1];
        hashes[names.OriginDepth] = NodeNames.HashOf(origin.Wire);
        var index = new NameIndex(checked((int)room));
        index.Add(hashes[names.OriginDepth], ZoneSnapshot.Apex);
        foreach (var node in nodes)
        {
            // In canonical order the last name seen one label up is the parent.
            if (node != ZoneSnapshot.Apex)
            {
                int depth = names.Node(node).Depth;
                hashes[depth] = NodeNames.Extend(hashes[depth - 1], names.LabelOf(node));
                index.Add(hashes[depth], node);
            }
        }

        return index;
    }

    public void Add(ulong hash, int node)
    {
        var position = Start(hash);
        while ((uint)_slots[position] != 0)
        {
            position = Next(position);
        }

        _taken += _slots[position] == 0 ? 1 : 0;
        Write(position, hash, node);
    }

    /// <summary>Lets the slot of a node lead to another that has the same name.</summary>
    public void Replace(ulong hash, int node, int by)
    {
        var position = Start(hash);
        int found;
        while (TryRead(position, hash, out found) && found != node)
        {
            position = Next(position);
        }

        if (found != node)
        {
            throw new InvalidOperationException("A node is missing from the index of its names.");
        }

        Write(position, hash, by);
    }

    /// <summary>Whether so many more nodes fit before searches get long: past three quarters that for a name that is not there does.</summary>
    public bool HasRoomFor(int more) => (long)_taken + more <= (long)_slots.Length * 3 / 4;

    /// <summary>Nodes to make room for in an index of a zone that will be edited.</summary>
    public static long RoomFor(int nodes) => nodes + nodes / 4L;

    /// <summary>The share of slots that are taken.</summary>
    public double Load => (double)_taken / _slots.Length;

    /// <summary>Doubles the room; the caller adds every node again.</summary>
    public void Grow() => (_slots, _taken) = (new ulong[checked(_slots.Length * 2)], 0);

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

    /// <summary>A copy in which the nodes have other numbers; null where there is no room for more nodes.</summary>
    /// <param name="newIndexes">By old number; -1 for nodes that are gone. Other nodes are another version's.</param>
    /// <param name="more">Nodes that will be added to the copy.</param>
    public NameIndex? TryRenumbered(ReadOnlySpan<int> newIndexes, int more)
    {
        if (!HasRoomFor(more))
        {
            return null;
        }

        var copy = new NameIndex(GC.AllocateUninitializedArray<ulong>(_slots.Length));
        for (var i = 0; i < _slots.Length; i++)
        {
            var slot = _slots[i];
            if (slot != 0)
            {
                copy._taken++;
                var node = (int)(uint)slot - 1;
                if (node >= newIndexes.Length)
                {
                    return null;
                }

                var newNode = node < 0 ? -1 : newIndexes[node];
                slot = newNode < 0 ? Vacated : slot & ~(ulong)uint.MaxValue | (uint)(newNode + 1);
            }

            copy._slots[i] = slot;
        }

        return copy;
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

    // At once, and after what it leads to.
    private void Write(int position, ulong hash, int node) => Volatile.Write(ref _slots[position], hash << 32 | (uint)(node + 1));

    private static int SlotsFor(int capacity) => checked((int)Math.Max(8, (long)capacity * 3 / 2 + 1));
}
