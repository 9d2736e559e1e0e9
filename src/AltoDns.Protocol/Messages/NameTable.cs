// Shortens names in messages full of names, such as those of transfers (RFC 1035 §4.1.4).

using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Messages;

/// <summary>
/// What <see cref="NameCompressor"/> is for answers with few names: this one finds any of hundreds by its hash.
/// One object is used again and again; not safe for several threads.
/// </summary>
public sealed class NameTable
{
    // A power of two; the first 16 KiB of a message, which pointers reach, seldom hold half as many names.
    private const int Slots = 4096;
    private const int MaxEntries = Slots * 3 / 4;
    private const int MaxPointer = 0x3FFF;
    private const ushort PointerBits = 0xC000;

    // No name stands at 0, so that 0 is an empty slot.
    private readonly ushort[] _offsets = new ushort[Slots];
    private readonly uint[] _hashes = new uint[Slots];
    private readonly uint[] _suffixHashes = new uint[DomainName.MaxLabels + 1];
    private readonly byte[] _labelStarts = new byte[WireName.OffsetCapacity];
    private readonly List<ushort> _used = [];

    /// <summary>Forgets all names.</summary>
    public void Reset()
    {
        _used.Clear();
        Array.Clear(_offsets);
    }

    /// <summary>Forgets names at or after an offset, as when a record is taken back.</summary>
    public void Rewind(int position)
    {
        // What was entered last stands last in its run of slots, so that no run is torn.
        while (_used.Count > 0 && _offsets[_used[^1]] >= position)
        {
            _offsets[_used[^1]] = 0;
            _used.RemoveAt(_used.Count - 1);
        }
    }

    /// <summary>Remembers a name that stands uncompressed in the message.</summary>
    public void Remember(ReadOnlySpan<byte> name, int position) => RememberSuffixes(HashSuffixes(name), position);

    /// <summary>Writes a name, ending in a pointer where its end, or all of it, stands in the message.</summary>
    /// <param name="writer">Starts at the message's first octet.</param>
    /// <param name="name">Uncompressed.</param>
    public void Write(ref WireWriter writer, ReadOnlySpan<byte> name)
    {
        var labels = HashSuffixes(name);
        var position = writer.Position;
        for (var label = 0; label < labels; label++)
        {
            var start = _labelStarts[label];
            var target = Find(writer.Written, name[start..], _suffixHashes[label]);
            if (target > 0)
            {
                writer.WriteOctets(name[..start]);
                writer.WriteUInt16((ushort)(PointerBits | target));
                if (!writer.Overflowed)
                {
                    RememberSuffixes(label, position);
                }

                return;
            }
        }

        writer.WriteOctets(name);
        if (!writer.Overflowed)
        {
            RememberSuffixes(labels, position);
        }
    }

    // Fills the label starts and the hashes of all suffixes but the root.
    private int HashSuffixes(ReadOnlySpan<byte> name)
    {
        var labels = WireName.LabelOffsets(name, _labelStarts);
        var hash = 0x9E37_79B9u;
        for (var label = labels - 1; label >= 0; label--)
        {
            foreach (var octet in name.Slice(_labelStarts[label], name[_labelStarts[label]] + 1))
            {
                hash = (hash ^ WireName.Lower(octet)) * 0x0100_0193;
            }

            _suffixHashes[label] = hash ^ hash >> 15;
        }

        return labels;
    }

    private void RememberSuffixes(int labels, int position)
    {
        for (var label = 0; label < labels && _used.Count < MaxEntries && position + _labelStarts[label] <= MaxPointer; label++)
        {
            var slot = _suffixHashes[label] % Slots;
            while (_offsets[slot] != 0)
            {
                slot = (slot + 1) % Slots;
            }

            _hashes[slot] = _suffixHashes[label];
            _offsets[slot] = (ushort)(position + _labelStarts[label]);
            _used.Add((ushort)slot);
        }
    }

    private int Find(ReadOnlySpan<byte> message, ReadOnlySpan<byte> suffix, uint hash)
    {
        for (var slot = hash % Slots; _offsets[slot] != 0; slot = (slot + 1) % Slots)
        {
            if (_hashes[slot] == hash && NameCompressor.StandsAt(message, _offsets[slot], suffix))
            {
                return _offsets[slot];
            }
        }

        return 0;
    }
}
