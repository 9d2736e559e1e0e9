// Makes and compares the digests of DS and CDS records.

using System.Security.Cryptography;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

/// <summary>Digests of a DNSKEY record and its owner name (RFC 4034 §5.1.4): SHA-256 (RFC 4509) and SHA-384 (RFC 6605), and SHA-1 for comparison only.</summary>
public static class DelegationDigest
{
    /// <summary>Whether a digest of this type can be compared here.</summary>
    public static bool IsSupported(DigestType type) => type is DigestType.Sha1 or DigestType.Sha256 or DigestType.Sha384;

    /// <summary>The DS record that a parent publishes for this key.</summary>
    /// <param name="type">SHA-256 or SHA-384; SHA-1 is not made any more (RFC 8624 §3.3).</param>
    /// <exception cref="ArgumentOutOfRangeException">Any other type.</exception>
    public static DsData CreateDs(DomainName owner, PublicKeyData key, DigestType type) =>
        new(key.Tag(), key.Algorithm, type, Create(owner, key, type));

    /// <summary>The CDS record that asks the parent for that DS record (RFC 7344 §3.1).</summary>
    /// <inheritdoc cref="CreateDs"/>
    public static CdsData CreateCds(DomainName owner, PublicKeyData key, DigestType type) =>
        new(key.Tag(), key.Algorithm, type, Create(owner, key, type));

    /// <summary>Whether the record's tag, algorithm and digest are those of the key. A digest of a type unknown here never is.</summary>
    public static bool Matches(DelegationDigestData record, DomainName owner, PublicKeyData key) =>
        IsSupported(record.DigestType)
        && record.Algorithm == key.Algorithm
        && record.KeyTag == key.Tag()
        && Compute(owner, key, record.DigestType).AsSpan().SequenceEqual(record.Digest.Span);

    private static byte[] Create(DomainName owner, PublicKeyData key, DigestType type) => type is DigestType.Sha256 or DigestType.Sha384
        ? Compute(owner, key, type)
        : throw new ArgumentOutOfRangeException(nameof(type), type, "Only SHA-256 and SHA-384 digests are made.");

    private static byte[] Compute(DomainName owner, PublicKeyData key, DigestType type)
    {
        var data = key.ToWire();
        var octets = new byte[owner.Length + data.Length];
        WireName.CopyLower(owner.Wire, octets);
        data.CopyTo(octets.AsSpan(owner.Length));
        return type switch
        {
            DigestType.Sha1 => HashLegacy(octets),
            DigestType.Sha384 => SHA384.HashData(octets),
            _ => SHA256.HashData(octets),
        };
    }

    // RFC 8624 §3.3: validators still have to understand SHA-1 digests.
#pragma warning disable CA5350
    private static byte[] HashLegacy(byte[] octets) => SHA1.HashData(octets);
#pragma warning restore CA5350
}
