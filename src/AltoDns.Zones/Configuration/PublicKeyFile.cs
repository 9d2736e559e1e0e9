// Takes the public key out of a PEM file (RFC 7468) and says which algorithm it is for.

using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AltoDns.Zones.Configuration;

/// <param name="Algorithm">The <c>k</c> value of the key record.</param>
/// <param name="SubjectPublicKeyInfo">DER (RFC 5280 §4.1.2.7).</param>
internal sealed record PublicKey(string Algorithm, byte[] SubjectPublicKeyInfo);

internal static class PublicKeyFile
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;

    private const string EcPublicKeyOid = "1.2.840.10045.2.1";
    private const string P256Oid = "1.2.840.10045.3.1.7";
    private const string P384Oid = "1.3.132.0.34";
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string Ed25519Oid = "1.3.101.112";
    private const int Ed25519Length = 32;

    /// <summary>Reads a public key, or the key of a file's first certificate; null, with the problem noted, where there is none to publish.</summary>
    public static PublicKey? Read(byte[] file, string name, SourcePosition position, ProblemList problems)
    {
        if (FindKey(file, name, "Key file", position, problems) is not { } spki)
        {
            return null;
        }

        var (algorithm, fault) = FindAlgorithm(spki);
        if (algorithm is not null)
        {
            return new PublicKey(algorithm, spki);
        }

        problems.Error(
            position,
            $"The key in {PrefixText.Excerpt(name)} {fault}.",
            "Use EC P-256 (advised), EC P-384, Ed25519, or RSA of 2048 to 8192 bits.");
        return null;
    }

    /// <summary>Reads the SubjectPublicKeyInfo of a file's first certificate, or of its public key, whatever the algorithm; null, with the problem noted, where there is none.</summary>
    public static byte[]? ReadCertificate(byte[] file, string name, SourcePosition position, ProblemList problems)
    {
        var spki = FindKey(file, name, "Certificate file", position, problems);
        if (spki is null || IsWellFormed(spki))
        {
            return spki;
        }

        problems.Error(position, $"The key in {PrefixText.Excerpt(name)} is damaged.", "Check it with 'openssl pkey -pubin -text -in FILE'.");
        return null;
    }

    private static byte[]? FindKey(byte[] file, string name, string noun, SourcePosition position, ProblemList problems)
    {
        var text = Encoding.Latin1.GetString(file);
        var blocks = FindBlocks(text);
        name = PrefixText.Excerpt(name);
        if (blocks.Find(block => block.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)) is not null || text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            problems.Error(
                position,
                $"{noun} {name} holds a private key, and only public ones belong here.",
                $"Make the public one with 'openssl pkey -in {name} -pubout -out FILE', name that file, and keep the private key elsewhere.");
            return null;
        }

        if (blocks.Count(block => block.Label == "PUBLIC KEY") > 1)
        {
            problems.Error(position, $"{noun} {name} holds several public keys.", "Put each into a file of its own and list the files.");
            return null;
        }

        var spki = blocks.Find(block => block.Label is "PUBLIC KEY" or "CERTIFICATE") switch
        {
            { Label: "PUBLIC KEY" } block => block.Data,
            { } certificate => FromCertificate(certificate.Data),
            null => null,
        };
        if (spki is null)
        {
            var (fault, remedy) = ExplainMissing(file, name, noun, blocks);
            problems.Error(position, fault, remedy);
        }

        return spki;
    }

    private static (string Fault, string Remedy) ExplainMissing(byte[] file, string name, string noun, List<Block> blocks)
    {
        if (blocks.Find(block => block.Label == "RSA PUBLIC KEY") is not null)
        {
            return ($"{noun} {name} holds an RSA key in PKCS #1 form.", $"Convert it with 'openssl rsa -RSAPublicKey_in -in {name} -pubout -out FILE' and name that file.");
        }

        if (blocks.Find(block => block.Label == "CERTIFICATE") is not null)
        {
            return ($"The certificate in {name} cannot be read.", "Check it with 'openssl x509 -text -in FILE'.");
        }

        // DER starts with a SEQUENCE.
        return file is [0x30, ..] && !Ascii.IsValid(file)
            ? ($"{noun} {name} is not PEM but looks like DER.", $"Convert it with 'openssl pkey -pubin -inform DER -in {name} -out FILE' or 'openssl x509 -inform DER ...'.")
            : ($"{noun} {name} holds neither a public key nor a certificate in PEM form.", "It must have a line '-----BEGIN PUBLIC KEY-----' or '-----BEGIN CERTIFICATE-----'.");
    }

    private static List<Block> FindBlocks(string text)
    {
        var blocks = new List<Block>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var data = new byte[fields.DecodedDataLength];
            Convert.TryFromBase64Chars(rest[fields.Base64Data], data, out _);
            blocks.Add(new Block(rest[fields.Label].ToString(), data));
            rest = rest[fields.Location.End..];
        }

        return blocks;
    }

    private static byte[]? FromCertificate(byte[] der)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return certificate.PublicKey.ExportSubjectPublicKeyInfo();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static bool IsWellFormed(byte[] spki)
    {
        try
        {
            var outer = new AsnReader(spki, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            sequence.ReadSequence().ReadObjectIdentifier();
            return sequence.ReadBitString(out _).Length > 0 && !sequence.HasData && !outer.HasData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    // The algorithm, or what is wrong with the key as the end of a sentence.
    private static (string? Algorithm, string? Fault) FindAlgorithm(byte[] spki)
    {
        try
        {
            var sequence = new AsnReader(spki, AsnEncodingRules.DER).ReadSequence();
            var identifier = sequence.ReadSequence();
            var oid = identifier.ReadObjectIdentifier();
            return oid switch
            {
                EcPublicKeyOid => CheckCurve(spki, identifier.ReadObjectIdentifier()),
                RsaOid => CheckRsa(spki),
                Ed25519Oid => sequence.ReadBitString(out _).Length == Ed25519Length ? ("ed25519", null) : (null, "is damaged"),
                _ => (null, $"is for the algorithm {oid}"),
            };
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            return (null, "is damaged");
        }
    }

    private static (string? Algorithm, string? Fault) CheckCurve(byte[] spki, string curve)
    {
        if (curve is not (P256Oid or P384Oid))
        {
            return (null, $"is on the curve {curve}");
        }

        // Importing checks that the point is on the curve.
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(spki, out _);
        return (curve == P256Oid ? "ecdsa-p256" : "ecdsa-p384", null);
    }

    private static (string? Algorithm, string? Fault) CheckRsa(byte[] spki)
    {
        using var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(spki, out _);
        return key.KeySize is >= MinRsaBits and <= MaxRsaBits ? ("rsa", null) : (null, $"is RSA of {key.KeySize} bits");
    }

    private sealed record Block(string Label, byte[] Data);
}
