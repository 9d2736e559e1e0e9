// The public key field of DNSKEY data, per algorithm: RSA by RFC 3110 §2, ECDSA by RFC 6605 §4.

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

internal static class PublicKeyFormat
{
    /// <summary>Bits of an RSA modulus (RFC 5702 §2).</summary>
    private const int MinModulus = 512;
    private const int MaxModulus = 4096;

    // A larger exponent only costs validators time.
    private const int MaxExponentLength = 8;

    /// <summary>The public key as .NET holds it; false where the octets are none of this algorithm, or it is not supported.</summary>
    public static bool TryRead(DnssecAlgorithm algorithm, ReadOnlySpan<byte> octets, [NotNullWhen(true)] out AsymmetricAlgorithm? key)
    {
        key = null;
        try
        {
            if (algorithm.IsEcdsa())
            {
                key = ReadEcdsa(algorithm, octets);
            }
            else if (algorithm.IsRsa())
            {
                key = ReadRsa(octets);
            }
        }
        catch (CryptographicException)
        {
            // A point that is not on the curve, or a modulus that the platform refuses.
        }

        return key is not null;
    }

    public static byte[] Write(DnssecAlgorithm algorithm, AsymmetricAlgorithm key) => key switch
    {
        ECDsa ecdsa => WriteEcdsa(algorithm, ecdsa.ExportParameters(includePrivateParameters: false)),
        RSA rsa => WriteRsa(rsa.ExportParameters(includePrivateParameters: false)),
        _ => throw new ArgumentException("Neither an ECDSA nor an RSA key.", nameof(key)),
    };

    private static ECDsa? ReadEcdsa(DnssecAlgorithm algorithm, ReadOnlySpan<byte> octets)
    {
        var half = algorithm.CoordinateLength();
        return octets.Length != 2 * half ? null : ECDsa.Create(new ECParameters
        {
            Curve = algorithm.Curve(),
            Q = { X = octets[..half].ToArray(), Y = octets[half..].ToArray() },
        });
    }

    private static RSA? ReadRsa(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < 3)
        {
            return null;
        }

        var start = octets[0] == 0 ? 3 : 1;
        var exponentLength = octets[0] == 0 ? BinaryPrimitives.ReadUInt16BigEndian(octets[1..]) : octets[0];
        if (exponentLength == 0 || octets.Length <= start + exponentLength)
        {
            return null;
        }

        var exponent = octets.Slice(start, exponentLength).TrimStart((byte)0);
        var modulus = octets[(start + exponentLength)..].TrimStart((byte)0);
        return exponent.Length is 0 or > MaxExponentLength || modulus.Length * 8 is < MinModulus or > MaxModulus
            ? null
            : RSA.Create(new RSAParameters { Exponent = exponent.ToArray(), Modulus = modulus.ToArray() });
    }

    private static byte[] WriteEcdsa(DnssecAlgorithm algorithm, ECParameters parameters)
    {
        var half = algorithm.CoordinateLength();
        var octets = new byte[2 * half];
        parameters.Q.X!.CopyTo(octets, half - parameters.Q.X!.Length);
        parameters.Q.Y!.CopyTo(octets, (2 * half) - parameters.Q.Y!.Length);
        return octets;
    }

    // RFC 3110 §2: one octet of length, or a zero and two, then the exponent, then the modulus.
    private static byte[] WriteRsa(RSAParameters parameters)
    {
        var exponent = parameters.Exponent!;
        byte[] length = exponent.Length < 256 ? [(byte)exponent.Length] : [0, (byte)(exponent.Length >> 8), (byte)exponent.Length];
        return [.. length, .. exponent, .. parameters.Modulus!];
    }
}
