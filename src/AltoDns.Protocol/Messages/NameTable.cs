// Shortens names in messages full of names, such as those of transfers (RFC 1035 §4.1.4).

using System.Buffers.Binary;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Messages;

/// <summary>
/// What <see cref="NameCompressor"/> is for answers with few names: this one finds any of hundreds by its hash, and a name that differs
/// from the one before in its first label alone at the cost of that label.
/// Keeps the case of letters (RFC 5936 §3.4). One object is used again and again; not safe for several threads.
/// </summary>
public sealed class NameTable
{
    /// <summary>Names that mostly have the same parent as the one before of the same series.</summary>
    public const int SeriesCount = 2;

    // A power of two; the first 16 KiB of a message, which pointers reach, seldom hold half as many names.
    private const int Slots = 4096;
    private const int MaxEntries = Slots * 3 / 4;
    private const int MaxPointer = 0x3FFF;
    private const ushort PointerBits = 0xC000;
    private const ulong RootHash = 0x51_7C_C1_B7_27_22_0A_95;

    // No name stands at 0, so that 0 is an empty slot.
    private readonly ushort[] _offsets = new ushort[Slots];
    private readonly uint[] _hashes = new uint[Slots];
    private readonly ulong[] _suffixHashes = new ulong[DomainName.MaxLabels + 1];
    private readonly byte[] _labelStarts = new byte[WireName.OffsetCapacity];
    private readonly Parent[] _parents = [new(), new()];
    private int _count;

    /// <summary>Forgets all names.</summary>
    public void Reset()
    {
        Array.Clear(_offsets);
        _count = 0;
        foreach (var parent in _parents)
        {
            parent.Length = 0;
        }
    }

    /// <summary>Remembers a name that stands uncompressed in the message.</summary>
    public void Remember(ReadOnlySpan<byte> name, int position) => RememberSuffixes(HashSuffixes(name), position);

    /// <summary>Writes a name, ending in a pointer where its end, or all of it, stands in the message. A message is given up where it overflows.</summary>
    /// <param name="writer">Starts at the message's first octet.</param>
    /// <param name="name">Uncompressed.</param>
    /// <param name="series">0 or 1.</param>
    public void Write(ref WireWriter writer, ReadOnlySpan<byte> name, int series)
    {
        var parent = _parents[series];
        var first = name[0] + 1;
        if (first > 1 && parent.Length > 1 && name[first..].SequenceEqual(parent.Octets.AsSpan(0, parent.Length)))
        {
            WriteSibling(ref writer, name, first, parent);
        }
        else
        {
            WriteOther(ref writer, name, parent);
        }
    }

    private void WriteSibling(ref WireWriter writer, ReadOnlySpan<byte> name, int first, Parent parent)
    {
        var position = writer.Position;
        var hash = Extend(parent.Hash, name[..first]);
        var target = Find(writer.Written, name, hash);
        if (target > 0)
        {
            writer.WriteUInt16((ushort)(PointerBits | target));
            return;
        }

        writer.WriteOctets(name[..first]);
        writer.WriteUInt16((ushort)(PointerBits | parent.Offset));
        Remember(hash, position);
    }

    private void WriteOther(ref WireWriter writer, ReadOnlySpan<byte> name, Parent parent)
    {
        var labels = HashSuffixes(name);
        var position = writer.Position;
        var (found, target) = (labels, 0);
        for (var label = 0; label < labels && target == 0; label++)
        {
            target = Find(writer.Written, name[_labelStarts[label]..], _suffixHashes[label]);
            found = target > 0 ? label : found;
        }

        if (target > 0)
        {
            writer.WriteOctets(name[.._labelStarts[found]]);
            writer.WriteUInt16((ushort)(PointerBits | target));
        }
        else
        {
            writer.WriteOctets(name);
        }

        RememberSuffixes(found, position);

        // Of a name that was found whole it is not known whether its parent stands there or another pointer.
        var offset = found == 1 ? target : labels > 1 ? position + _labelStarts[1] : 0;
        parent.Length = 0;
        if (found > 0 && labels > 1 && offset <= MaxPointer)
        {
            name[_labelStarts[1]..].CopyTo(parent.Octets);
            (parent.Length, parent.Offset, parent.Hash) = (name.Length - _labelStarts[1], offset, _suffixHashes[1]);
        }
    }

    // Fills the label starts and the hashes of all suffixes but the root.
    private int HashSuffixes(ReadOnlySpan<byte> name)
    {
        var labels = WireName.LabelOffsets(name, _labelStarts);
        var hash = RootHash;
        for (var label = labels - 1; label >= 0; label--)
        {
            hash = Extend(hash, name.Slice(_labelStarts[label], name[_labelStarts[label]] + 1));
            _suffixHashes[label] = hash;
        }

        return labels;
    }

    private static ulong Extend(ulong hash, ReadOnlySpan<byte> label)
    {
        while (label.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(label));
            label = label[sizeof(ulong)..];
        }

        var rest = 0UL;
        foreach (var octet in label)
        {
            rest = rest << 8 | octet;
        }

        return Mix(hash ^ rest);
    }

    private static ulong Mix(ulong hash)
    {
        hash *= 0x9E37_79B9_7F4A_7C15;
        return hash ^ hash >> 32;
    }

    private void RememberSuffixes(int labels, int position)
    {
        for (var label = 0; label < labels; label++)
        {
            Remember(_suffixHashes[label], position + _labelStarts[label]);
        }
    }

    private void Remember(ulong hash, int position)
    {
        if (position > MaxPointer || _count == MaxEntries)
        {
            return;
        }

        var slot = (uint)hash % Slots;
        while (_offsets[slot] != 0)
        {
            slot = (slot + 1) % Slots;
        }

        _hashes[slot] = (uint)(hash >> 16);
        _offsets[slot] = (ushort)position;
        _count++;
    }

    private int Find(ReadOnlySpan<byte> message, ReadOnlySpan<byte> suffix, ulong hash)
    {
        for (var slot = (uint)hash % Slots; _offsets[slot] != 0; slot = (slot + 1) % Slots)
        {
            if (_hashes[slot] == (uint)(hash >> 16) && NameCompressor.StandsAt(message, _offsets[slot], suffix, isExact: true))
            {
                return _offsets[slot];
            }
        }

        return 0;
    }

    /// <summary>What the name before of a series has after its first label, and where that stands; of length 0 for none.</summary>
    private sealed class Parent
    {
        public byte[] Octets { get; } = new byte[DomainName.MaxLength];

        public int Length { get; set; }

        public int Offset { get; set; }

        public ulong Hash { get; set; }
    }
}
