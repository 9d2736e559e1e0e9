// A DNSKEY made ready to verify signatures.

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

/// <summary>The public key of a DNSKEY record. Not for two threads at once: make one for each.</summary>
public sealed class DnssecPublicKey : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private DnssecPublicKey(DnskeyData data, AsymmetricAlgorithm key)
    {
        Data = data;
        Tag = data.Tag();
        _key = key;
    }

    public DnskeyData Data { get; }

    public DnssecAlgorithm Algorithm => Data.Algorithm;

    public ushort Tag { get; }

    /// <summary>False where the algorithm is not supported or the key is not one: of the wrong length, not on the curve, an RSA modulus beyond 512 to 4096 bits.</summary>
    public static bool TryCreate(DnskeyData data, [NotNullWhen(true)] out DnssecPublicKey? key)
    {
        key = PublicKeyFormat.TryRead(data.Algorithm, data.PublicKey.Span, out var platformKey) ? new DnssecPublicKey(data, platformKey) : null;
        return key is not null;
    }

    /// <summary>Whether the signature, in the form of RRSIG data, is this key's over the octets. Never throws for what it is given.</summary>
    public bool Verify(ReadOnlySpan<byte> signedData, ReadOnlySpan<byte> signature)
    {
        try
        {
            return _key switch
            {
                ECDsa ecdsa => signature.Length == 2 * Algorithm.CoordinateLength()
                    && ecdsa.VerifyData(signedData, signature, Algorithm.Hash(), DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
                RSA rsa => rsa.VerifyData(signedData, signature, Algorithm.Hash(), RSASignaturePadding.Pkcs1),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public void Dispose() => _key.Dispose();
}
