// The EDNS option by which a client says, and a server answers, how long updated records last (RFC 9664).

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;

namespace AltoDns.Protocol.Edns;

/// <param name="Lease">Seconds that records last; those of type KEY too where <paramref name="KeyLease"/> is null.</param>
/// <param name="KeyLease">Seconds that records of type KEY last.</param>
public readonly record struct UpdateLease(uint Lease, uint? KeyLease)
{
    private const int ShortLength = sizeof(uint);
    private const int LongLength = 2 * sizeof(uint);

    /// <summary>Octets that <see cref="Write"/> writes.</summary>
    public int OptionLength => EdnsOption.HeaderLength + (KeyLease is null ? ShortLength : LongLength);

    /// <summary>Reads the option's data; false where it has neither 4 nor 8 octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out UpdateLease lease)
    {
        lease = default;
        if (data.Length is not (ShortLength or LongLength))
        {
            return false;
        }

        lease = new UpdateLease(
            BinaryPrimitives.ReadUInt32BigEndian(data),
            data.Length == LongLength ? BinaryPrimitives.ReadUInt32BigEndian(data[ShortLength..]) : null);
        return true;
    }

    /// <summary>Writes the option with its code and length.</summary>
    public void Write(ref WireWriter writer)
    {
        Span<byte> data = stackalloc byte[LongLength];
        BinaryPrimitives.WriteUInt32BigEndian(data, Lease);
        BinaryPrimitives.WriteUInt32BigEndian(data[ShortLength..], KeyLease ?? 0);
        EdnsOption.Write(ref writer, EdnsOptionCode.UpdateLease, data[..(KeyLease is null ? ShortLength : LongLength)]);
    }
}
