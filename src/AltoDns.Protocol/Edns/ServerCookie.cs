// DNS cookies as all servers of an anycast set make them alike (RFC 7873, RFC 9018 §4).

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AltoDns.Protocol.Edns;

/// <summary>Server cookies of version 1: version, three reserved octets, a time, a hash.</summary>
public static class ServerCookie
{
    /// <summary>Octets of a client cookie (RFC 7873 §4).</summary>
    public const int ClientLength = 8;

    /// <summary>Octets of a server cookie of version 1.</summary>
    public const int Length = 16;

    /// <summary>Octets of a COOKIE option that holds both.</summary>
    public const int OptionLength = ClientLength + Length;

    private const byte Version = 1;
    private const int HashOffset = 8;
    private const int MaxAgeSeconds = 3600;
    private const int MaxSkewSeconds = 300;

    /// <summary>Whether an option's data may be a COOKIE: a client cookie alone, or with 8 to 32 octets of a server's (RFC 7873 §5.2.2).</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> option) => option.Length is ClientLength or (>= 16 and <= 40);

    /// <summary>Writes client and server cookie, the data of the option in an answer.</summary>
    /// <param name="secret">16 octets.</param>
    /// <param name="clientCookie">8 octets.</param>
    /// <param name="clientAddress">4 or 16 octets.</param>
    /// <param name="unixTime">Seconds since 1970, modulo 2^32.</param>
    /// <param name="option">Room for 24 octets.</param>
    public static void Write(
        ReadOnlySpan<byte> secret, ReadOnlySpan<byte> clientCookie, ReadOnlySpan<byte> clientAddress, uint unixTime, Span<byte> option)
    {
        clientCookie.CopyTo(option);
        var cookie = option[ClientLength..OptionLength];
        BinaryPrimitives.WriteUInt32BigEndian(cookie, (uint)Version << 24);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[4..], unixTime);
        WriteHash(secret, option, clientAddress, cookie[HashOffset..]);
    }

    /// <summary>Whether a COOKIE option holds a server cookie that was made with this secret for this client, at most an hour ago (RFC 9018 §4.3).</summary>
    public static bool IsValid(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> option, ReadOnlySpan<byte> clientAddress, uint unixTime)
    {
        if (option.Length != OptionLength || option[ClientLength] != Version)
        {
            return false;
        }

        // Serial arithmetic (RFC 1982): right also when 32 bits of seconds wrap.
        var age = (int)(unixTime - BinaryPrimitives.ReadUInt32BigEndian(option[(ClientLength + 4)..]));
        if (age is > MaxAgeSeconds or < -MaxSkewSeconds)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[sizeof(ulong)];
        WriteHash(secret, option, clientAddress, hash);
        return CryptographicOperations.FixedTimeEquals(hash, option[(ClientLength + HashOffset)..]);
    }

    private static void WriteHash(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> option, ReadOnlySpan<byte> clientAddress, Span<byte> hash)
    {
        Span<byte> input = stackalloc byte[ClientLength + HashOffset + 16];
        option[..(ClientLength + HashOffset)].CopyTo(input);
        clientAddress.CopyTo(input[(ClientLength + HashOffset)..]);
        var length = ClientLength + HashOffset + clientAddress.Length;
        BinaryPrimitives.WriteUInt64LittleEndian(hash, SipHash.Compute(secret, input[..length]));
    }
}
