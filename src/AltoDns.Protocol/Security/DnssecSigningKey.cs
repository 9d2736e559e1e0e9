// A private key of a zone, ready to sign.

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

/// <summary>
/// The private key behind a DNSKEY record. RSA signatures are deterministic; ECDSA ones are not, since neither .NET nor OpenSSL
/// before 3.2 offers RFC 6979, so signing the same data twice gives two different, equally valid signatures.
/// Not for two threads at once: each signing thread takes a <see cref="Clone"/>.
/// </summary>
public sealed class DnssecSigningKey : IDisposable
{
    /// <summary>Bits of a generated RSA modulus.</summary>
    public const int RsaKeySize = 2048;

    private readonly AsymmetricAlgorithm _key;

    private DnssecSigningKey(AsymmetricAlgorithm key, DnskeyData data)
    {
        _key = key;
        Data = data;
        Tag = data.Tag();
        SignatureLength = data.Algorithm.IsRsa() ? (key.KeySize + 7) / 8 : 2 * data.Algorithm.CoordinateLength();
    }

    /// <summary>The DNSKEY record's data.</summary>
    public DnskeyData Data { get; }

    public DnssecAlgorithm Algorithm => Data.Algorithm;

    /// <summary>The key tag (RFC 4034 Appendix B).</summary>
    public ushort Tag { get; }

    /// <summary>Octets of every signature of this key.</summary>
    public int SignatureLength { get; }

    /// <summary>Makes a new key.</summary>
    /// <param name="flags">256 or 257 (RFC 4034 §2.1.1).</param>
    /// <exception cref="ArgumentException">The algorithm is not supported.</exception>
    public static DnssecSigningKey Generate(DnssecAlgorithm algorithm, ushort flags)
    {
        RequireSupported(algorithm);
        return Own(algorithm.IsRsa() ? RSA.Create(RsaKeySize) : ECDsa.Create(algorithm.Curve()), algorithm, flags);
    }

    /// <summary>Reads a key from DER (RFC 5958).</summary>
    /// <param name="key">Null where the octets are no private key of this algorithm.</param>
    /// <exception cref="ArgumentException">The algorithm is not supported.</exception>
    public static bool TryFromPkcs8(ReadOnlySpan<byte> der, DnssecAlgorithm algorithm, ushort flags, [NotNullWhen(true)] out DnssecSigningKey? key)
    {
        RequireSupported(algorithm);
        key = null;
        AsymmetricAlgorithm platformKey = algorithm.IsRsa() ? RSA.Create() : ECDsa.Create();
        try
        {
            platformKey.ImportPkcs8PrivateKey(der, out var read);
            if (read == der.Length && IsOf(algorithm, platformKey))
            {
                key = Own(platformKey, algorithm, flags);
            }
        }
        catch (CryptographicException)
        {
            // No such key, as the caller is told.
        }

        if (key is null)
        {
            platformKey.Dispose();
        }

        return key is not null;
    }

    /// <summary>The key in DER, unencrypted (RFC 5958). The caller clears it after use.</summary>
    public byte[] ToPkcs8() => _key.ExportPkcs8PrivateKey();

    /// <summary>The same key with platform handles of its own, for another thread.</summary>
    public DnssecSigningKey Clone()
    {
        var der = ToPkcs8();
        try
        {
            return TryFromPkcs8(der, Algorithm, Data.Flags, out var clone)
                ? clone
                : throw new CryptographicException("A key does not read what it wrote.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    /// <summary>Signs, in the form of RRSIG data: ECDSA r and s side by side (RFC 6605 §4), RSA PKCS #1 v1.5 (RFC 5702 §3).</summary>
    /// <param name="signature">At least <see cref="SignatureLength"/> octets; that many are written.</param>
    public void Sign(ReadOnlySpan<byte> signedData, Span<byte> signature)
    {
        Span<byte> hash = stackalloc byte[SHA384.HashSizeInBytes];
        hash = hash[..CryptographicOperations.HashData(Algorithm.Hash(), signedData, hash)];
        var written = 0;
        var signed = _key switch
        {
            ECDsa ecdsa => ecdsa.TrySignHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out written),
            RSA rsa => rsa.TrySignHash(hash, signature, Algorithm.Hash(), RSASignaturePadding.Pkcs1, out written),
            _ => false,
        };
        if (!signed || written != SignatureLength)
        {
            throw new ArgumentException($"A signature takes {SignatureLength} octets.", nameof(signature));
        }
    }

    public void Dispose() => _key.Dispose();

    private static DnssecSigningKey Own(AsymmetricAlgorithm key, DnssecAlgorithm algorithm, ushort flags) =>
        new(key, new DnskeyData(flags, DnssecKey.Protocol, algorithm, PublicKeyFormat.Write(algorithm, key)));

    private static bool IsOf(DnssecAlgorithm algorithm, AsymmetricAlgorithm key)
    {
        if (key is ECDsa ecdsa)
        {
            return ecdsa.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true, Oid: var curve }
                && (curve.Value ?? curve.FriendlyName) == (algorithm.Curve().Oid.Value ?? algorithm.Curve().Oid.FriendlyName);
        }

        // An RSA key whose public half no validator would take is no key for a zone.
        using var publicKey = PublicKeyFormat.TryRead(algorithm, PublicKeyFormat.Write(algorithm, key), out var read) ? read : null;
        return publicKey is not null;
    }

    private static void RequireSupported(DnssecAlgorithm algorithm)
    {
        if (!algorithm.IsSupported())
        {
            throw new ArgumentException($"Algorithm {(byte)algorithm} is not supported.", nameof(algorithm));
        }
    }
}
