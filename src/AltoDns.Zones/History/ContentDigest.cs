// Tells whether a zone has the same records as a version that is gone.

using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.History;

/// <summary>
/// The sum of the hashes of all records, in whatever order, so that it follows a change at the cost of the change. Guards against error,
/// not against an attacker: who could choose records could choose the zone.
/// </summary>
internal sealed class ContentDigest
{
    /// <summary>Octets of <see cref="ToArray"/>.</summary>
    public const int Length = 16;

    private const int HeaderLength = 8;

    private byte[] _buffer = new byte[512];
    private UInt128 _sum;

    public static ContentDigest Of(ZoneSnapshot zone)
    {
        var digest = new ContentDigest();
        var records = new ZoneRecords(zone);
        for (var isFirst = true; records.MoveNext(); isFirst = false)
        {
            // The SOA that ends a transfer is the one that began it.
            var record = records.Current;
            if (isFirst || record.Type != RecordType.SOA)
            {
                digest.Add(record.Owner, record.Type, record.TimeToLive, record.Data);
            }
        }

        return digest;
    }

    public static ContentDigest FromArray(ReadOnlySpan<byte> octets) => new() { _sum = BinaryPrimitives.ReadUInt128BigEndian(octets) };

    public byte[] ToArray()
    {
        var octets = new byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(octets, _sum);
        return octets;
    }

    /// <param name="data">Of one record, or of an RRset with a length before each.</param>
    public void Add(ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, ReadOnlySpan<byte> data) => _sum += Hash(owner, type, timeToLive, data);

    /// <summary>Follows a change.</summary>
    public void Apply(ZoneDelta delta)
    {
        foreach (var record in delta.Removed)
        {
            _sum -= Hash(record.Owner.Wire, record.Type, record.TimeToLive, record.Data.Span);
        }

        foreach (var record in delta.Added)
        {
            Add(record.Owner.Wire, record.Type, record.TimeToLive, record.Data.Span);
        }
    }

    private UInt128 Hash(ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, ReadOnlySpan<byte> data)
    {
        var length = owner.Length + HeaderLength + data.Length;
        GrowableArray.EnsureRoom(ref _buffer, length);
        owner.CopyTo(_buffer);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(owner.Length), (uint)type);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(owner.Length + sizeof(uint)), timeToLive);
        data.CopyTo(_buffer.AsSpan(owner.Length + HeaderLength));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_buffer.AsSpan(0, length), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
