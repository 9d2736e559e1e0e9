// Facts about one DNSKEY record: its tag and what its flags say.

using System.Buffers.Binary;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

/// <summary>Reads what DNSKEY and CDNSKEY data say of their key.</summary>
public static class DnssecKey
{
    /// <summary>The Protocol field of every DNSKEY record (RFC 4034 §2.1.2).</summary>
    public const byte Protocol = 3;

    /// <summary>The key may sign the zone's records (RFC 4034 §2.1.1).</summary>
    public const ushort ZoneKeyFlag = 0x0100;

    /// <summary>The key's owner withdrew it; it signs nothing but its own revocation (RFC 5011 §2.1).</summary>
    public const ushort RevokedFlag = 0x0080;

    /// <summary>Secure entry point: a DS record is meant to point here; validators ignore it (RFC 4034 §2.1.1).</summary>
    public const ushort SecureEntryPointFlag = 0x0001;

    /// <summary>Flags of a zone-signing key.</summary>
    public const ushort ZoneSigningFlags = ZoneKeyFlag;

    /// <summary>Flags of a key-signing or combined key.</summary>
    public const ushort KeySigningFlags = ZoneKeyFlag | SecureEntryPointFlag;

    /// <summary>The key tag (RFC 4034 Appendix B). Two keys of one zone may share it.</summary>
    public static ushort Tag(this PublicKeyData key) => Tag(key.ToWire());

    /// <inheritdoc cref="Tag(PublicKeyData)"/>
    /// <param name="data">DNSKEY data in wire form, at least 4 octets.</param>
    public static ushort Tag(ReadOnlySpan<byte> data)
    {
        if (data[3] == (byte)DnssecAlgorithm.RsaMd5)
        {
            // RFC 4034 Appendix B.1: the upper 16 of the modulus's lowest 24 bits.
            return data.Length < 7 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(data[^3..]);
        }

        var sum = 0u;
        for (var i = 0; i < data.Length; i++)
        {
            sum += (i & 1) == 0 ? (uint)data[i] << 8 : data[i];
        }

        return (ushort)(sum + (sum >> 16));
    }

    public static bool IsZoneKey(this PublicKeyData key) => (key.Flags & ZoneKeyFlag) != 0;

    public static bool IsRevoked(this PublicKeyData key) => (key.Flags & RevokedFlag) != 0;

    public static bool IsSecureEntryPoint(this PublicKeyData key) => (key.Flags & SecureEntryPointFlag) != 0;
}
