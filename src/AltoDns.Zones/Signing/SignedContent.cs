// What a signature is for, in 32 octets: the same RRset has the same, any other has another.

using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Signing;

internal static class SignedContent
{
    public const int DigestLength = SHA256.HashSizeInBytes;

    private const int FixedLength = sizeof(ushort) + sizeof(uint);
    private const int MaxOnStack = 1024;

    /// <summary>SHA-256 over owner, type, TTL and data; to be called by any thread.</summary>
    /// <param name="owner">In wire form, which tells where it ends; its case does not matter.</param>
    /// <param name="data">Each record with its length before it.</param>
    /// <param name="digest">Room for <see cref="DigestLength"/> octets.</param>
    public static void Digest(ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, ReadOnlySpan<byte> data, Span<byte> digest)
    {
        var length = owner.Length + FixedLength + data.Length;
        byte[]? rented = null;
        var content = length <= MaxOnStack ? stackalloc byte[MaxOnStack] : rented = ArrayPool<byte>.Shared.Rent(length);
        owner.CopyTo(content);
        WireName.LowerInPlace(content[..owner.Length]);
        BinaryPrimitives.WriteUInt16BigEndian(content[owner.Length..], (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(content[(owner.Length + sizeof(ushort))..], timeToLive);
        data.CopyTo(content[(owner.Length + FixedLength)..]);
        SHA256.HashData(content[..length], digest);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
