// The key records that the samples' PEM files must lead to, made here from the files by themselves.

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AltoDns.Interop.Tests.Smoke;

internal static class SampleKeys
{
    /// <summary>The TXT data of a sample key, in presentation form.</summary>
    /// <param name="name">The file <c>zones/keys/NAME-2026a.pem</c>.</param>
    /// <param name="host">Of the server's URI.</param>
    public static string Text(string name, string host)
    {
        var lines = File.ReadLines(PathOf($"{name}-2026a"));
        var base64 = string.Concat(lines.Where(line => !line.StartsWith('-')).Select(line => line.Trim()));
        return $"\"v=ALTOKEY1; k=ecdsa-p256; s=2026a; h={host}; p={base64}\"";
    }

    /// <summary>The TLSA data of a sample certificate: the SHA-256 of its public key (RFC 6698 §2.1), for any use of it by the server itself.</summary>
    /// <param name="name">The file <c>zones/keys/NAME.pem</c>.</param>
    public static string Tlsa(string name)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(PathOf(name));
        return $"3 1 1 {Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()))}";
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "zones", "keys", name + ".pem");
}
