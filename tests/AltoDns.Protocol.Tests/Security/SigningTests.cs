// What is signed here verifies here; canonical order and form; private keys out and in again.

using System.Security.Cryptography;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Protocol.Tests.Security;

public sealed class SigningTests
{
    private static readonly DomainName Zone = DomainName.Parse("Example.");

    public static TheoryData<DnssecAlgorithm> Algorithms => [.. DnssecAlgorithms.Supported];

    public static TheoryData<string> Vectors => VectorFile.Lines("records.txt");

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Signs_what_verifies(DnssecAlgorithm algorithm)
    {
        using var key = DnssecSigningKey.Generate(algorithm, DnssecKey.KeySigningFlags);
        using var clone = key.Clone();
        Assert.True(DnssecPublicKey.TryCreate(key.Data, out var publicKey));
        using var _ = publicKey;
        var owner = DomainName.Parse("a.b.example.");
        var records = new[] { "192.0.2.2", "192.0.2.1", "192.0.2.2", "1.2.3.4" }.Select(text => RecordWords.Parse(RecordType.A, text)).ToArray();
        var wildcard = DomainName.Parse("*.example.");
        var fields = new RrsigFields(RecordType.A, algorithm, RrsigFields.LabelsOf(wildcard.Wire), 300, 2000, 1000, key.Tag);
        var verifier = new RrsigVerifier();

        var signature = Sign(clone, fields, wildcard, records);

        Assert.Equal(key.SignatureLength, signature.Signature.Length);
        Assert.Equal(SignatureOutcome.Valid, verifier.Verify(wildcard, records, signature, publicKey, 1500));
        Assert.Equal(SignatureOutcome.Valid, verifier.Verify(owner, [.. records.Distinct().Reverse()], signature, publicKey, 1500));
        Assert.True(RrsigVerifier.IsWildcardExpansion(owner, signature));
        Assert.False(RrsigVerifier.IsWildcardExpansion(wildcard, signature));
        Assert.Equal(SignatureOutcome.WrongSignature, verifier.Verify(owner, records[2..], signature, publicKey, 1500));
        Assert.Equal(SignatureOutcome.OutsideSigner, verifier.Verify(DomainName.Parse("a.b.c."), records, signature, publicKey, 1500));
        Assert.Equal(algorithm == DnssecAlgorithm.RsaSha256, signature.Equals(Sign(key, fields, wildcard, records)));
    }

    [Theory]
    [MemberData(nameof(Vectors))] // the codec of each type knows which of its names are folded, too
    public void Folds_wire_data_as_the_codecs_do(string line)
    {
        var vector = RecordVector.Parse(line);
        var upper = vector.Wire.ToArray();
        var reader = WireReader.OverData(upper);
        Assert.True(RecordTypes.TryReadData(vector.Type, ref reader, out var data));

        CanonicalData.FoldInPlace(vector.Type, upper);

        Assert.Equal(Convert.ToHexString(data.ToWire(canonical: true)), Convert.ToHexString(upper));
    }

    [Theory] // types without codecs here: validators fold them all the same (RFC 4034 §6.2)
    [InlineData(21, "0005014100", "0005016100")]
    [InlineData(26, "00050141000142004a", "00050161000162004a")]
    [InlineData(30, "0141004142", "0161004142")]
    [InlineData(36, "0005014100", "0005016100")]
    [InlineData(38, "78410141004142", "78410161004142")]
    [InlineData(38, "80014100", "80016100")]
    [InlineData(47, "014100", "014100")] // NSEC: RFC 6840 §5.1
    [InlineData(65280, "014100", "014100")]
    public void Folds_the_types_of_the_RFC(int type, string wire, string canonical)
    {
        var data = Convert.FromHexString(wire);

        CanonicalData.FoldInPlace((RecordType)type, data);

        Assert.Equal(canonical, Convert.ToHexStringLower(data));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Folding_cut_data_does_not_throw(string line)
    {
        var vector = RecordVector.Parse(line);
        for (var length = 0; length < vector.Wire.Length; length++)
        {
            var cut = vector.Wire[..length];
            CanonicalData.FoldInPlace(vector.Type, cut);
            Assert.Equal(length, cut.Length);
        }
    }

    [Fact]
    public void Orders_and_drops_as_RFC_4034_section_6_3_says()
    {
        var builder = new SignedDataBuilder();
        var owner = DomainName.Parse("X.Example.");
        builder.Begin(new RrsigFields(RecordType.MX, DnssecAlgorithm.EcdsaP256Sha256, 2, 300, 2, 1, 7), Zone.Wire, owner.Wire);
        builder.Add(Convert.FromHexString("000A014200"));
        builder.Add(Convert.FromHexString("000A0141014200"));
        builder.Add(Convert.FromHexString("000A016200"));
        builder.Add(Convert.FromHexString("0001015A00"));

        var signed = Convert.ToHexStringLower(builder.Finish());

        const string Prefix = "000f" + "0d" + "02" + "0000012c" + "00000002" + "00000001" + "0007" + "076578616d706c6500";
        const string Record = "0178076578616d706c6500" + "000f" + "0001" + "0000012c";
        Assert.Equal(Prefix + Record + "00050001017a00" + Record + "0007000a0161016200" + Record + "0005000a016200", signed);
        Assert.Equal(Prefix, Convert.ToHexStringLower(builder.Prefix));
    }

    [Fact]
    public void A_builder_takes_large_sets_after_small_ones()
    {
        var builder = new SignedDataBuilder();
        for (var count = 1; count < 3000; count += 700)
        {
            builder.Begin(new RrsigFields(RecordType.A, DnssecAlgorithm.EcdsaP256Sha256, 1, 300, 2, 1, 7), Zone.Wire, Zone.Wire);
            for (var i = count; i > 0; i--)
            {
                builder.Add([0, 0, (byte)(i >> 8), (byte)i]);
            }

            var signed = builder.Finish();

            Assert.Equal(builder.Prefix.Length + (count * (Zone.Length + 14)), signed.Length);
            Assert.Equal((count >> 8, count & 0xFF), (signed[^2], signed[^1]));
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_key_comes_back_from_its_file_form(DnssecAlgorithm algorithm)
    {
        using var key = DnssecSigningKey.Generate(algorithm, DnssecKey.KeySigningFlags);
        var der = key.ToPkcs8();

        Assert.True(DnssecSigningKey.TryFromPkcs8(der, algorithm, DnssecKey.KeySigningFlags, out var again));
        using var _ = again;

        Assert.Equal(key.Data, again.Data);
        foreach (var other in DnssecAlgorithms.Supported.Where(other => other != algorithm))
        {
            Assert.False(DnssecSigningKey.TryFromPkcs8(der, other, DnssecKey.KeySigningFlags, out var _));
        }

        for (var length = 0; length < der.Length; length++)
        {
            Assert.False(DnssecSigningKey.TryFromPkcs8(der.AsSpan(0, length), algorithm, DnssecKey.KeySigningFlags, out var _));
        }

        Assert.False(DnssecSigningKey.TryFromPkcs8([.. der, 0], algorithm, DnssecKey.KeySigningFlags, out var _));
    }

    [Fact]
    public void Refuses_other_algorithms_and_short_destinations()
    {
        using var key = DnssecSigningKey.Generate(DnssecAlgorithm.EcdsaP256Sha256, DnssecKey.KeySigningFlags);

        Assert.Throws<ArgumentException>(() => DnssecSigningKey.Generate(DnssecAlgorithm.Ed25519, DnssecKey.KeySigningFlags));
        Assert.Throws<ArgumentException>(() => key.Sign([1, 2, 3], new byte[key.SignatureLength - 1]));
    }

    [Fact]
    public void Takes_no_key_of_another_curve()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP521);

        Assert.False(DnssecSigningKey.TryFromPkcs8(other.ExportPkcs8PrivateKey(), DnssecAlgorithm.EcdsaP256Sha256, 257, out _));
    }

    internal static RrsigData Sign(DnssecSigningKey key, RrsigFields fields, DomainName owner, params RecordData[] records)
    {
        var builder = new SignedDataBuilder();
        var signer = owner.IsSubdomainOf(Zone) ? Zone : owner.Parent;
        builder.Begin(fields, signer.Wire, owner.Wire);
        foreach (var record in records)
        {
            builder.Add(record.ToWire());
        }

        var signature = new byte[key.SignatureLength];
        key.Sign(builder.Finish(), signature);
        return new RrsigData(fields.TypeCovered, fields.Algorithm, fields.Labels, fields.OriginalTimeToLive, fields.Expiration, fields.Inception, fields.KeyTag, signer, signature);
    }
}
