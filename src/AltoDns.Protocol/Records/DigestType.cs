// How the digest of a DS record is made (IANA "DS RR Type Digest Algorithms").

using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

public enum DigestType : byte
{
    /// <summary>In CDS, asks the parent to remove the DS RRset (RFC 8078 §4).</summary>
    Delete = 0,
    Sha1 = 1,
    Sha256 = 2,
    Gost = 3,
    Sha384 = 4,
}

internal static class DigestTypes
{
    /// <summary>Octets of a digest of this type; 0 where any number above zero will do.</summary>
    public static int DigestLength(this DigestType type) => type switch
    {
        DigestType.Sha1 => 20,
        DigestType.Sha256 or DigestType.Gost => 32,
        DigestType.Sha384 => 48,
        _ => 0,
    };

    /// <summary>Reads a number, or a mnemonic as BIND takes it.</summary>
    public static DigestType ReadDigestType(this ref RecordTextReader text, string field) =>
        (DigestType)text.ReadMnemonic(field, byte.MaxValue, FromMnemonic);

    private static int FromMnemonic(string mnemonic) => mnemonic switch
    {
        "SHA-1" or "SHA1" => 1,
        "SHA-256" or "SHA256" => 2,
        "GOST" => 3,
        "SHA-384" or "SHA384" => 4,
        _ => -1,
    };
}
