// Finds nodes by the hash of their names: open addressing, one 64-bit slot a node.

using System.Runtime.CompilerServices;
using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Serving;

/// <summary>
/// Maps a name's hash to the nodes that may have that name. The upper half of a slot is the lower half of the hash, the lower half
/// the node plus one; 0 is a free slot. A slot without a node has been vacated. A reader walks from <see cref="Start"/> with <see cref="Next"/> until a free slot.
/// </summary>
internal sealed class NameIndex
{
    // A slot whose node is gone: taken, so that the search goes on, but nobody's.
    private const ulong Vacated = 1UL << 32;

    private ulong[] _slots;

    /// <param name="capacity">Nodes that there will be room for.</param>
    public NameIndex(int capacity)
        : this(new ulong[SlotsFor(capacity)])
    {
    }

    private NameIndex(ulong[] slots) => _slots = slots;

    /// <summary>Nodes that fit before <see cref="Grow"/> is due.</summary>
    public int Capacity => (int)((long)_slots.Length * 2 / 3);

    /// <summary>An index of all nodes of a zone, with room for an eighth more.</summary>
    public static NameIndex Of(ReadOnlySpan<ZoneNode> nodes, byte[] labels, DomainName origin)
    {
        // The hash reads eight octets at a time, so it reads beyond the last label.
        var padded = new byte[labels.Length + sizeof(ulong)];
        labels.CopyTo(padded, 0);
        var name = new LookupName();
        name.Set(origin.Wire);
        Span<ulong> hashes = stackalloc ulong[DomainName.MaxLabels + 1];
        name.HashTo(name.Depth);
        hashes[name.Depth] = name.Hash(name.Depth);
        var index = new NameIndex(checked(nodes.Length + nodes.Length / 8));
        index.Add(hashes[name.Depth], ZoneSnapshot.Apex);
        for (var node = 1; node < nodes.Length; node++)
        {
            // In canonical order the last name seen one label up is the parent.
            int depth = nodes[node].Depth;
            hashes[depth] = NameHash.Extend(hashes[depth - 1], padded.AsSpan(nodes[node].Label));
            index.Add(hashes[depth], node);
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

    /// <summary>A copy in which the nodes have other numbers; null where there is no room for more nodes.</summary>
    /// <param name="newIndexes">By old number; -1 for nodes that are gone.</param>
    /// <param name="more">Nodes that will be added to the copy.</param>
    public NameIndex? TryRenumbered(ReadOnlySpan<int> newIndexes, int more)
    {
        var copy = new NameIndex(GC.AllocateUninitializedArray<ulong>(_slots.Length));
        var taken = more;
        for (var i = 0; i < _slots.Length; i++)
        {
            var slot = _slots[i];
            if (slot != 0)
            {
                taken++;
                var node = (int)(uint)slot - 1;
                var newNode = node < 0 ? -1 : newIndexes[node];
                slot = newNode < 0 ? Vacated : slot & ~(ulong)uint.MaxValue | (uint)(newNode + 1);
            }

            copy._slots[i] = slot;
        }

        // Past three quarters a search for a name that is not there gets long.
        return taken <= (long)_slots.Length * 3 / 4 ? copy : null;
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
