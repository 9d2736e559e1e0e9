// Shortens names in a message by pointing to where their ends stand already (RFC 1035 §4.1.4).

using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Messages;

/// <summary>Remembers where names stand in one message. One object is used again and again; not safe for several threads.</summary>
public sealed class NameCompressor
{
    private const int MaxEntries = 256;
    private const int MaxPointer = 0x3FFF;
    private const ushort PointerBits = 0xC000;

    private readonly uint[] _hashes = new uint[MaxEntries];
    private readonly ushort[] _offsets = new ushort[MaxEntries];
    private readonly uint[] _suffixHashes = new uint[DomainName.MaxLabels + 1];
    private readonly byte[] _labelStarts = new byte[WireName.OffsetCapacity];
    private int _count;

    /// <summary>Forgets all names.</summary>
    public void Reset() => _count = 0;

    /// <summary>Forgets names at or after an offset, as when a record is taken back.</summary>
    public void Rewind(int position)
    {
        while (_count > 0 && _offsets[_count - 1] >= position)
        {
            _count--;
        }
    }

    /// <summary>Remembers a name that stands uncompressed in the message.</summary>
    public void Remember(ReadOnlySpan<byte> name, int position)
    {
        var labels = HashSuffixes(name);
        RememberSuffixes(labels, position);
    }

    /// <summary>Writes a name, ending in a pointer where its end, or all of it, stands in the message.</summary>
    /// <param name="writer">Starts at the message's first octet.</param>
    /// <param name="name">Uncompressed.</param>
    public void Write(ref WireWriter writer, ReadOnlySpan<byte> name)
    {
        var labels = HashSuffixes(name);
        for (var label = 0; label < labels; label++)
        {
            var start = _labelStarts[label];
            var target = Find(writer.Written, name[start..], _suffixHashes[label]);
            if (target >= 0)
            {
                var position = writer.Position;
                writer.WriteOctets(name[..start]);
                writer.WriteUInt16((ushort)(PointerBits | target));
                if (!writer.Overflowed)
                {
                    RememberSuffixes(label, position);
                }

                return;
            }
        }

        var begin = writer.Position;
        writer.WriteOctets(name);
        if (!writer.Overflowed)
        {
            RememberSuffixes(labels, begin);
        }
    }

    // Fills the label starts and the hashes of all suffixes but the root.
    private int HashSuffixes(ReadOnlySpan<byte> name)
    {
        var labels = WireName.LabelOffsets(name, _labelStarts);
        var hash = 0u;
        for (var label = labels - 1; label >= 0; label--)
        {
            foreach (var octet in name.Slice(_labelStarts[label], name[_labelStarts[label]] + 1))
            {
                hash = hash * 31 + WireName.Lower(octet);
            }

            _suffixHashes[label] = hash;
        }

        return labels;
    }

    private void RememberSuffixes(int labels, int position)
    {
        for (var label = 0; label < labels && _count < MaxEntries && position + _labelStarts[label] <= MaxPointer; label++)
        {
            _hashes[_count] = _suffixHashes[label];
            _offsets[_count++] = (ushort)(position + _labelStarts[label]);
        }
    }

    private int Find(ReadOnlySpan<byte> message, ReadOnlySpan<byte> suffix, uint hash)
    {
        for (var entry = 0; entry < _count; entry++)
        {
            if (_hashes[entry] == hash && StandsAt(message, _offsets[entry], suffix, isExact: false))
            {
                return _offsets[entry];
            }
        }

        return -1;
    }

    // The message is our own, so its pointers lead backwards and end.
    internal static bool StandsAt(ReadOnlySpan<byte> message, int position, ReadOnlySpan<byte> name, bool isExact)
    {
        while (true)
        {
            while ((message[position] & 0xC0) == 0xC0)
            {
                position = (message[position] & 0x3F) << 8 | message[position + 1];
            }

            var length = message[position] + 1;
            if (length > name.Length || !AreEqual(message.Slice(position, length), name[..length], isExact))
            {
                return false;
            }

            if (length == 1)
            {
                return true;
            }

            name = name[length..];
            position += length;
        }
    }

    private static bool AreEqual(ReadOnlySpan<byte> label, ReadOnlySpan<byte> other, bool isExact) =>
        isExact ? label.SequenceEqual(other) : WireName.EqualsIgnoreCase(label, other);
}
