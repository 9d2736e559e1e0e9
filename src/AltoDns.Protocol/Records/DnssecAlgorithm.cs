// Signature algorithms of DNSSEC by number (IANA "DNS Security Algorithm Numbers").

using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

public enum DnssecAlgorithm : byte
{
    Delete = 0,
    RsaMd5 = 1,
    DiffieHellman = 2,
    Dsa = 3,
    RsaSha1 = 5,
    DsaNsec3Sha1 = 6,
    RsaSha1Nsec3Sha1 = 7,
    RsaSha256 = 8,
    RsaSha512 = 10,
    EccGost = 12,
    EcdsaP256Sha256 = 13,
    EcdsaP384Sha384 = 14,
    Ed25519 = 15,
    Ed448 = 16,
    Indirect = 252,
    PrivateDns = 253,
    PrivateOid = 254,
}

internal static class DnssecAlgorithmWords
{
    /// <summary>Reads a number or a mnemonic of RFC 4034 Appendix A.1 and its successors; printed, it is always a number.</summary>
    public static DnssecAlgorithm ReadAlgorithm(this ref RecordTextReader text, string field) =>
        (DnssecAlgorithm)text.ReadMnemonic(field, byte.MaxValue, FromMnemonic);

    private static int FromMnemonic(string mnemonic) => mnemonic switch
    {
        "RSAMD5" => 1,
        "DH" => 2,
        "DSA" => 3,
        "RSASHA1" => 5,
        "DSA-NSEC3-SHA1" or "NSEC3DSA" => 6,
        "RSASHA1-NSEC3-SHA1" or "NSEC3RSASHA1" => 7,
        "RSASHA256" => 8,
        "RSASHA512" => 10,
        "ECC-GOST" or "ECCGOST" => 12,
        "ECDSAP256SHA256" => 13,
        "ECDSAP384SHA384" => 14,
        "ED25519" => 15,
        "ED448" => 16,
        "INDIRECT" => 252,
        "PRIVATEDNS" => 253,
        "PRIVATEOID" => 254,
        _ => -1,
    };
}
