// The keys, digests and signatures that RFCs print, and what becomes of them when something is changed.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Protocol.Tests.Security;

public sealed class SignatureVectorTests
{
    private const string P256Key = "257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==";
    private const string P256Signature = "A 13 3 3600 20100909100439 20100812100439 55648 example.net. qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==";
    private const string P384Key = "257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40";
    private const string P384Signature = "A 14 3 3600 20100909102025 20100812102025 10771 example.net. /L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm";
    private const string RsaKey = "256 3 8 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/DlUmObdk=";
    private const string RsaSignature = "A 8 3 3600 20300101000000 20000101000000 9033 example.net. kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lPtPiVYP4bwg==";
    private const string Sha1Key = "256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==";
    private const uint Then = 1283000000; // 2010-08-28

    private static readonly DomainName Owner = DomainName.Parse("www.example.net.");

    [Theory]
    [InlineData(P256Key, "192.0.2.1", P256Signature)] // RFC 6605 §6.1
    [InlineData(P384Key, "192.0.2.1", P384Signature)] // RFC 6605 §6.2
    [InlineData(RsaKey, "192.0.2.91", RsaSignature)] // RFC 5702 §6.1
    public void Verifies_the_signatures_of_the_RFCs_and_nothing_near_them(string key, string address, string signature)
    {
        using var publicKey = Key(key);
        var rrsig = Signature(signature);
        var records = new[] { Data(RecordType.A, address) };
        var verifier = new RrsigVerifier();

        Assert.Equal(SignatureOutcome.Valid, verifier.Verify(Owner, records, rrsig, publicKey, Then));
        Assert.Equal(SignatureOutcome.Valid, verifier.Verify(DomainName.Parse("WWW.eXample.net."), [records[0], records[0]], rrsig, publicKey, Then));
        Assert.Equal(SignatureOutcome.WrongSignature, verifier.Verify(DomainName.Parse("ww.example.net."), records, rrsig, publicKey, Then));
        Assert.Equal(SignatureOutcome.WrongSignature, verifier.Verify(Owner, [records[0], Data(RecordType.A, "192.0.2.2")], rrsig, publicKey, Then));
        Assert.Equal(SignatureOutcome.WrongSignature, verifier.Verify(Owner, [], rrsig, publicKey, Then));
        for (var bit = 0; bit < rrsig.Signature.Length * 8; bit++)
        {
            var flipped = rrsig.Signature.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(SignatureOutcome.WrongSignature, verifier.Verify(Owner, records, WithSignature(rrsig, flipped), publicKey, Then));
        }

        for (var length = 0; length < rrsig.Signature.Length; length++)
        {
            var cut = WithSignature(rrsig, rrsig.Signature[..length].ToArray());
            Assert.Equal(SignatureOutcome.WrongSignature, verifier.Verify(Owner, records, cut, publicKey, Then));
        }
    }

    [Theory]
    [InlineData(P256Key, 55648)] // RFC 6605 §6.1
    [InlineData(P384Key, 10771)] // RFC 6605 §6.2
    [InlineData(RsaKey, 9033)] // RFC 5702 §6.1
    [InlineData(Sha1Key, 60485)] // RFC 4034 §5.4
    [InlineData("256 3 1 AQPSKmynfzW4kyBv015MUG2DeIQ3", 0x7884)] // RFC 4034 Appendix B.1: the modulus ends in 78 84 37
    public void Computes_the_key_tag(string key, int tag)
    {
        var data = (DnskeyData)Data(RecordType.DNSKEY, key);
        Assert.Equal(tag, data.Tag());
    }

    [Theory]
    [InlineData("example.net.", P256Key, "55648 13 2 b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17")] // RFC 6605 §6.1
    [InlineData("EXAMPLE.net.", P384Key, "10771 14 4 72d7b62976ce06438e9c0bf319013cf801f09ecc84b8d7e9495f27e305c6a9b0563a9b5f4d288405c3008a946df983d6")] // RFC 6605 §6.2
    [InlineData("dskey.example.com.", Sha1Key, "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118")] // RFC 4034 §5.4
    [InlineData("dskey.example.com.", Sha1Key, "60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A")] // RFC 4509 §2.3
    public void Digests_keys_as_the_RFCs_do(string owner, string key, string digest)
    {
        var name = DomainName.Parse(owner);
        var data = (DnskeyData)Data(RecordType.DNSKEY, key);
        var ds = (DsData)Data(RecordType.DS, digest);

        Assert.True(DelegationDigest.Matches(ds, name, data));
        Assert.False(DelegationDigest.Matches(ds, DomainName.Parse("example.org."), data));
        Assert.False(DelegationDigest.Matches(ds, name, new DnskeyData((ushort)(data.Flags ^ 1), 3, data.Algorithm, data.PublicKey.ToArray())));
        if (ds.DigestType != DigestType.Sha1)
        {
            Assert.Equal(ds, DelegationDigest.CreateDs(name, data, ds.DigestType));
            Assert.Equal(ds.ToWire(), DelegationDigest.CreateCds(name, data, ds.DigestType).ToWire());
        }
    }

    [Theory]
    [InlineData(DigestType.Sha1)]
    [InlineData(DigestType.Gost)]
    [InlineData(DigestType.Delete)]
    public void Makes_no_digest_of_another_type(DigestType type) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DelegationDigest.CreateDs(Owner, (DnskeyData)Data(RecordType.DNSKEY, P256Key), type));

    [Theory] // each differs from a valid signature in one point
    [InlineData("AAAA 13 3 3600 20100909100439 20100812100439 55648 example.net.", "www.example.net.", SignatureOutcome.OtherType)]
    [InlineData("A 13 4 3600 20100909100439 20100812100439 55648 example.net.", "www.example.net.", SignatureOutcome.TooManyLabels)]
    [InlineData("A 13 2 3600 20100909100439 20100812100439 55648 example.net.", "*.example.net.", SignatureOutcome.WrongSignature)]
    [InlineData("A 13 3 3600 20100909100439 20100812100439 55648 example.net.", "*.example.net.", SignatureOutcome.TooManyLabels)]
    [InlineData("A 13 3 3600 20100909100439 20100812100439 55649 example.net.", "www.example.net.", SignatureOutcome.OtherKey)]
    [InlineData("A 14 3 3600 20100909100439 20100812100439 55648 example.net.", "www.example.net.", SignatureOutcome.OtherKey)]
    [InlineData("A 13 3 3600 20100909100439 20100812100439 55648 example.org.", "www.example.net.", SignatureOutcome.OutsideSigner)]
    [InlineData("A 13 3 3600 20100827000000 20100812100439 55648 example.net.", "www.example.net.", SignatureOutcome.Expired)]
    [InlineData("A 13 3 3600 20100909100439 20100829100439 55648 example.net.", "www.example.net.", SignatureOutcome.NotYetValid)]
    [InlineData("A 13 3 3600 20100812100439 20100909100439 55648 example.net.", "www.example.net.", SignatureOutcome.NeverValid)]
    [InlineData("A 13 3 3601 20100909100439 20100812100439 55648 example.net.", "www.example.net.", SignatureOutcome.WrongSignature)]
    public void Says_what_is_wrong_with_a_signature(string fields, string owner, SignatureOutcome outcome)
    {
        using var key = Key(P256Key);
        var signature = Signature(fields + P256Signature[P256Signature.LastIndexOf(' ')..]);

        Assert.Equal(outcome, new RrsigVerifier().Verify(DomainName.Parse(owner), [Data(RecordType.A, "192.0.2.1")], signature, key, Then));
    }

    [Theory] // seconds around 2106-02-07, where 32 bits wrap
    [InlineData(0xFFFF_FFF0u, 0x0000_0010u, 0xFFFF_FFEFu, SignatureOutcome.NotYetValid)]
    [InlineData(0xFFFF_FFF0u, 0x0000_0010u, 0xFFFF_FFF0u, SignatureOutcome.Valid)]
    [InlineData(0xFFFF_FFF0u, 0x0000_0010u, 0x0000_0000u, SignatureOutcome.Valid)]
    [InlineData(0xFFFF_FFF0u, 0x0000_0010u, 0x0000_0010u, SignatureOutcome.Valid)]
    [InlineData(0xFFFF_FFF0u, 0x0000_0010u, 0x0000_0011u, SignatureOutcome.Expired)]
    public void Compares_times_across_the_end_of_32_bits(uint inception, uint expiration, uint now, SignatureOutcome outcome)
    {
        using var key = DnssecSigningKey.Generate(DnssecAlgorithm.EcdsaP256Sha256, DnssecKey.ZoneSigningFlags);
        var record = Data(RecordType.A, "192.0.2.1");
        var fields = new RrsigFields(RecordType.A, key.Algorithm, 3, 60, expiration, inception, key.Tag);

        Assert.True(DnssecPublicKey.TryCreate(key.Data, out var publicKey));
        using (publicKey)
        {
            Assert.Equal(outcome, new RrsigVerifier().Verify(Owner, [record], SigningTests.Sign(key, fields, Owner, record), publicKey, now));
        }
    }

    [Theory]
    [InlineData("257 2 13", SignatureOutcome.NotZoneKey)] // protocol
    [InlineData("1 3 13", SignatureOutcome.NotZoneKey)] // no zone key
    [InlineData("385 3 13", SignatureOutcome.NotZoneKey)] // revoked
    public void Refuses_keys_that_may_not_sign(string fields, SignatureOutcome outcome)
    {
        using var key = Key(fields + P256Key[P256Key.LastIndexOf(' ')..]);
        var good = Signature(P256Signature);
        var signature = new RrsigData(RecordType.A, good.Algorithm, 3, 3600, good.Expiration, good.Inception, key.Tag, good.Signer, good.Signature.ToArray());

        Assert.Equal(outcome, new RrsigVerifier().Verify(Owner, [Data(RecordType.A, "192.0.2.1")], signature, key, Then));
    }

    [Theory]
    [InlineData("257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=")] // Ed25519
    [InlineData("257 3 10 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/DlUmObdk=")]
    [InlineData("257 3 13 AAAA")] // too short
    [InlineData("257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAQ==")] // not on the curve
    [InlineData("257 3 8 AA==")]
    [InlineData("257 3 8 AwEAAQ==")] // no modulus
    [InlineData("257 3 8 AwEAAcFc")] // 16 bits
    [InlineData("257 3 8 AP//AAAA")] // the exponent is longer than the data
    public void Takes_no_key_that_is_none(string key) =>
        Assert.False(DnssecPublicKey.TryCreate((DnskeyData)Data(RecordType.DNSKEY, key), out _));

    private static RrsigData WithSignature(RrsigData of, byte[] signature) => new(
        of.TypeCovered, of.Algorithm, of.Labels, of.OriginalTimeToLive, of.Expiration, of.Inception, of.KeyTag, of.Signer, signature);

    private static DnssecPublicKey Key(string text) => DnssecPublicKey.TryCreate((DnskeyData)Data(RecordType.DNSKEY, text), out var key)
        ? key
        : throw new FormatException(text);

    private static RrsigData Signature(string text) => (RrsigData)Data(RecordType.RRSIG, text);

    private static RecordData Data(RecordType type, string text) => RecordWords.Parse(type, text);
}
