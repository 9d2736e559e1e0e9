// Digests of public keys as operators write them: in base64 as RFC 7858 has them, or in hexadecimal digits.

using System.Security.Cryptography;

namespace AltoDns.Server.Configuration;

internal static class PinText
{
    public static ValueKind<byte[]> Kind { get; } = new("a digest", "DIGEST", (string text, string _, out byte[] value) =>
    {
        value = new byte[SHA256.HashSizeInBytes];
        if (text.Length == 2 * value.Length && text.All(char.IsAsciiHexDigit))
        {
            value = Convert.FromHexString(text);
            return null;
        }

        var isRight = Convert.TryFromBase64String(text, value, out var length) && length == value.Length;
        return isRight
            ? null
            : new Mistake("This is not a SHA-256 digest of a public key.", "Write it in base64, 44 characters, or as 64 hexadecimal digits.");
    });
}
