// A key as the file of a zone's signatures knows it.

using System.Security.Cryptography;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Keys;

namespace AltoDns.Zones.Signing;

/// <summary>Immutable.</summary>
public sealed class SignatureFileKey
{
    private readonly byte[] _secret;

    /// <param name="secret">Empty where only algorithm and tag are known.</param>
    internal SignatureFileKey(DnssecAlgorithm algorithm, ushort tag, byte[] secret) => (Algorithm, Tag, _secret) = (algorithm, tag, secret);

    internal DnssecAlgorithm Algorithm { get; }

    internal ushort Tag { get; }

    /// <summary>The keys that sign; null while one of them is not in the zone, so that nobody has verified its signatures (RFC 6781 §4.1.4).</summary>
    public static IReadOnlyList<SignatureFileKey>? Of(ZoneKeySet keys) =>
        SignersOf(keys).All(signer => keys.Dnskeys.Contains(signer.Data)) ? AllOf(keys) : null;

    /// <summary>All keys that sign.</summary>
    internal static IReadOnlyList<SignatureFileKey> AllOf(ZoneKeySet keys) =>
        [.. SignersOf(keys).Select(signer => new SignatureFileKey(signer.Algorithm, signer.Tag, SecretOf(signer)))];

    internal bool IsAlike(SignatureFileKey other) => other.Algorithm == Algorithm && other.Tag == Tag;

    internal byte[] Seal(ReadOnlySpan<byte> digest) => HMACSHA256.HashData(_secret, digest);

    private static IEnumerable<DnssecSigningKey> SignersOf(ZoneKeySet keys) =>
        keys.DnskeySigners.Concat(keys.ZoneSigners).DistinctBy(key => (key.Algorithm, key.Tag, Convert.ToHexString(key.Data.PublicKey.Span)));

    // Not the key itself, and good for nothing else.
    private static byte[] SecretOf(DnssecSigningKey key)
    {
        var octets = key.ToPkcs8();
        try
        {
            return HMACSHA256.HashData("AltoDns seals signatures"u8, octets);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }
}
