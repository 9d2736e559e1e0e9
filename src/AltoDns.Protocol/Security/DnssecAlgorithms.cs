// What is known of each signature algorithm, and which of them AltoDns can use.

using System.Security.Cryptography;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

/// <summary>
/// RSASHA256 (8), ECDSAP256SHA256 (13) and ECDSAP384SHA384 (14) are supported, the algorithms that RFC 8624 §3.1 has every signer
/// or validator know and .NET offers; it has no Ed25519 (15), and what rests on SHA-1 proves nothing any more.
/// </summary>
public static class DnssecAlgorithms
{
    /// <summary>The algorithms that can sign and verify here.</summary>
    public static IReadOnlyList<DnssecAlgorithm> Supported { get; } =
        [DnssecAlgorithm.RsaSha256, DnssecAlgorithm.EcdsaP256Sha256, DnssecAlgorithm.EcdsaP384Sha384];

    public static bool IsSupported(this DnssecAlgorithm algorithm) => algorithm.IsRsa() || algorithm.IsEcdsa();

    /// <summary>The mnemonic of the IANA registry, such as <c>ECDSAP256SHA256</c>; a number where AltoDns cannot use the algorithm.</summary>
    public static string Mnemonic(this DnssecAlgorithm algorithm) => algorithm switch
    {
        DnssecAlgorithm.RsaSha256 => "RSASHA256",
        DnssecAlgorithm.EcdsaP256Sha256 => "ECDSAP256SHA256",
        DnssecAlgorithm.EcdsaP384Sha384 => "ECDSAP384SHA384",
        _ => ((byte)algorithm).ToString(),
    };

    internal static bool IsRsa(this DnssecAlgorithm algorithm) => algorithm is DnssecAlgorithm.RsaSha256;

    internal static bool IsEcdsa(this DnssecAlgorithm algorithm) => algorithm is DnssecAlgorithm.EcdsaP256Sha256 or DnssecAlgorithm.EcdsaP384Sha384;

    internal static HashAlgorithmName Hash(this DnssecAlgorithm algorithm) =>
        algorithm is DnssecAlgorithm.EcdsaP384Sha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    /// <summary>Octets of one coordinate, and of one half of a signature (RFC 6605 §4).</summary>
    internal static int CoordinateLength(this DnssecAlgorithm algorithm) => algorithm is DnssecAlgorithm.EcdsaP384Sha384 ? 48 : 32;

    internal static ECCurve Curve(this DnssecAlgorithm algorithm) =>
        algorithm is DnssecAlgorithm.EcdsaP384Sha384 ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256;
}
