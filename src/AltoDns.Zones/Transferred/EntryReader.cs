// Reads entries of a transferred zone's file and checks their digests. What is read may be damaged in any way.

using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Transferred;

/// <summary>Throws <see cref="EndOfStreamException"/> where the file ends within an entry and <see cref="InvalidDataException"/> for what no writer made.</summary>
internal sealed class EntryReader(Stream stream) : IDisposable
{
    private const int BufferLength = 1 << 18;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly byte[] _name = new byte[DomainName.MaxLength];
    private int _length;
    private int _position;
    private int _hashed;
    private long _before;

    public delegate void RecordTaker(ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, ReadOnlySpan<byte> data);

    /// <summary>Octets read so far.</summary>
    public long Position => _before + _position;

    /// <summary>Whether the file ends here.</summary>
    public bool AtEnd => !TryFill(1);

    public void ReadHeader(ReadOnlySpan<byte> magic, DomainName origin)
    {
        if (!Take(magic.Length).SequenceEqual(magic) || !WireName.EqualsIgnoreCase(Take(origin.Length), origin.Wire))
        {
            throw new InvalidDataException("It is no file of this zone.");
        }
    }

    public EntryKind Begin(out DateTimeOffset time)
    {
        _hashed = _position;
        var kind = (EntryKind)Take(1)[0];
        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));
        time = Math.Abs(milliseconds) < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() / 2
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new InvalidDataException("A time is out of range.");
        return kind;
    }

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    public void ReadRecords(RecordTaker take)
    {
        var ownerLength = 0;
        while (true)
        {
            switch (Take(1)[0])
            {
                case RecordMark.End:
                    return;
                case RecordMark.Owner:
                    ownerLength = ReadName();
                    break;
                case RecordMark.Record when ownerLength > 0:
                    var header = Take(RecordMark.HeaderLength - 1);
                    var type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(header);
                    var timeToLive = BinaryPrimitives.ReadUInt32BigEndian(header[2..]);
                    take(_name.AsSpan(0, ownerLength), type, timeToLive, Take(BinaryPrimitives.ReadUInt16BigEndian(header[6..])));
                    break;
                default:
                    throw new InvalidDataException("A record is misshapen.");
            }
        }
    }

    /// <summary>Reads and compares the digest.</summary>
    public void End()
    {
        HashUpToPosition();
        var expected = _hash.GetHashAndReset();
        if (!Take(expected.Length).SequenceEqual(expected))
        {
            throw new InvalidDataException("A digest does not match.");
        }

        _hashed = _position;
    }

    public void Dispose() => _hash.Dispose();

    private int ReadName()
    {
        var length = 0;
        while (true)
        {
            var label = Take(1)[0];
            if (label > DomainName.MaxLabelLength || length + 1 + label > DomainName.MaxLength)
            {
                throw new InvalidDataException("A name is misshapen.");
            }

            _name[length++] = label;
            if (label == 0)
            {
                return length;
            }

            Take(label).CopyTo(_name.AsSpan(length));
            length += label;
        }
    }

    // Valid until the next call.
    private ReadOnlySpan<byte> Take(int count)
    {
        if (!TryFill(count))
        {
            throw new EndOfStreamException();
        }

        _position += count;
        return _buffer.AsSpan(_position - count, count);
    }

    private bool TryFill(int count)
    {
        if (_length - _position >= count)
        {
            return true;
        }

        HashUpToPosition();
        _buffer.AsSpan(_position, _length - _position).CopyTo(_buffer);
        _before += _position;
        (_length, _position, _hashed) = (_length - _position, 0, 0);
        while (_length < count)
        {
            var read = stream.Read(_buffer, _length, _buffer.Length - _length);
            if (read == 0)
            {
                return false;
            }

            _length += read;
        }

        return true;
    }

    private void HashUpToPosition()
    {
        _hash.AppendData(_buffer.AsSpan(_hashed, _position - _hashed));
        _hashed = _position;
    }
}
