// Writes entries of a transferred zone's file: fields one after another, then the digest of them.

using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Transferred;

/// <summary>See <see cref="TransferredZoneFile"/> for the form. Not safe for several threads.</summary>
internal sealed class EntryWriter(Stream stream) : IDisposable
{
    private const int BufferLength = 1 << 17;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[BufferLength];
    private int _length;
    private bool _hasOwner;

    public void Begin(EntryKind kind, DateTimeOffset time)
    {
        Room(1)[0] = (byte)kind;
        BinaryPrimitives.WriteInt64BigEndian(Room(sizeof(long)), time.ToUnixTimeMilliseconds());
    }

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Room(sizeof(uint)), value);

    /// <summary>Begins a list of records.</summary>
    public void BeginRecords() => _hasOwner = false;

    /// <summary>Sets the owner of the records that follow.</summary>
    public void WriteOwner(ReadOnlySpan<byte> owner)
    {
        var room = Room(1 + owner.Length);
        room[0] = RecordMark.Owner;
        owner.CopyTo(room[1..]);
        _hasOwner = true;
    }

    public void WriteRecord(RecordType type, uint timeToLive, ReadOnlySpan<byte> data)
    {
        System.Diagnostics.Debug.Assert(_hasOwner, "A record has an owner.");
        var room = Room(RecordMark.HeaderLength);
        room[0] = RecordMark.Record;
        BinaryPrimitives.WriteUInt16BigEndian(room[1..], (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(room[3..], timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(room[7..], (ushort)data.Length);
        data.CopyTo(Room(data.Length));
    }

    public void EndRecords() => Room(1)[0] = RecordMark.End;

    /// <summary>Writes the digest.</summary>
    public void End()
    {
        FlushHashed();
        stream.Write(_hash.GetHashAndReset());
    }

    /// <summary>Octets that are not part of an entry.</summary>
    public void WriteHeader(ReadOnlySpan<byte> magic, DomainName origin)
    {
        stream.Write(magic);
        stream.Write(origin.Wire);
    }

    public void Dispose() => _hash.Dispose();

    private Span<byte> Room(int count)
    {
        if (_length + count > _buffer.Length)
        {
            FlushHashed();
        }

        var room = _buffer.AsSpan(_length, count);
        _length += count;
        return room;
    }

    private void FlushHashed()
    {
        _hash.AppendData(_buffer.AsSpan(0, _length));
        stream.Write(_buffer.AsSpan(0, _length));
        _length = 0;
    }
}

internal enum EntryKind : byte
{
    /// <summary>All records of the zone.</summary>
    Whole = (byte)'Z',

    /// <summary>Changes to what the entries before come to.</summary>
    Changes = (byte)'C',

    /// <summary>The time at which a primary said that the zone is current.</summary>
    Refresh = (byte)'R',
}

/// <summary>The octet that tells what follows in a list of records.</summary>
internal static class RecordMark
{
    public const byte End = 0;

    /// <summary>A name, the owner of the records up to the next.</summary>
    public const byte Owner = 1;

    /// <summary>Type, TTL, length and data.</summary>
    public const byte Record = 2;

    /// <summary>Octets of a record before its data.</summary>
    public const int HeaderLength = 9;
}
