// What the MACs of TSIG are called, on the wire and in key files, and how long they are (RFC 8945 §6).

using System.Globalization;
using System.Security.Cryptography;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Security;

public static class TsigAlgorithms
{
    /// <summary>Octets of the longest MAC.</summary>
    public const int MaxMacLength = 64;

    // No MAC may be cut to less (RFC 8945 §5.2.2.1).
    private const int LeastTruncated = 10;

    private static readonly (TsigAlgorithm Algorithm, string Mnemonic, DomainName Name, int Length)[] Table =
    [
        (TsigAlgorithm.HmacSha256, "hmac-sha256", DomainName.Parse("hmac-sha256."), 32),
        (TsigAlgorithm.HmacSha384, "hmac-sha384", DomainName.Parse("hmac-sha384."), 48),
        (TsigAlgorithm.HmacSha512, "hmac-sha512", DomainName.Parse("hmac-sha512."), 64),
        (TsigAlgorithm.HmacSha1, "hmac-sha1", DomainName.Parse("hmac-sha1."), 20),
        (TsigAlgorithm.HmacMd5, "hmac-md5", DomainName.Parse("hmac-md5.sig-alg.reg.int."), 16),
    ];

    /// <summary>The words that <see cref="TryParse"/> takes, without those that cut a MAC.</summary>
    public static IEnumerable<string> Mnemonics => Table.Select(entry => entry.Mnemonic);

    /// <summary>The name that stands in a TSIG record.</summary>
    public static DomainName Name(this TsigAlgorithm algorithm) => Entry(algorithm).Name;

    /// <summary>As key files and dig have it, such as <c>hmac-sha256</c>.</summary>
    public static string Mnemonic(this TsigAlgorithm algorithm) => Entry(algorithm).Mnemonic;

    /// <summary>Octets of a whole MAC.</summary>
    public static int MacLength(this TsigAlgorithm algorithm) => Entry(algorithm).Length;

    /// <summary>The fewest octets that a MAC may be cut to (RFC 8945 §5.2.2.1).</summary>
    public static int LeastMacLength(this TsigAlgorithm algorithm) => Math.Max(LeastTruncated, Entry(algorithm).Length / 2);

    /// <summary>Whether the algorithm is only to interoperate with what cannot do better (RFC 8945 §6).</summary>
    public static bool IsWeak(this TsigAlgorithm algorithm) => algorithm is TsigAlgorithm.HmacSha1 or TsigAlgorithm.HmacMd5;

    /// <summary>Reads a name as key files have it, in any case: <c>hmac-sha256</c>, or with the bits that a MAC is cut to, <c>hmac-sha256-128</c>; also the wire's name, <c>hmac-sha256.</c></summary>
    /// <param name="macLength">Octets of the MACs that are sent.</param>
    public static bool TryParse(string text, out TsigAlgorithm algorithm, out int macLength)
    {
        foreach (var entry in Table)
        {
            (algorithm, macLength) = (entry.Algorithm, entry.Length);
            if (text.Equals(entry.Mnemonic, StringComparison.OrdinalIgnoreCase)
                || text.TrimEnd('.').Equals(entry.Name.ToString().TrimEnd('.'), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            if (text.StartsWith(entry.Mnemonic + "-", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(text.AsSpan(entry.Mnemonic.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                && bits % 8 == 0 && bits / 8 >= algorithm.LeastMacLength() && bits / 8 <= entry.Length)
            {
                macLength = bits / 8;
                return true;
            }
        }

        (algorithm, macLength) = (default, 0);
        return false;
    }

    internal static HashAlgorithmName HashName(this TsigAlgorithm algorithm) => algorithm switch
    {
        TsigAlgorithm.HmacSha256 => HashAlgorithmName.SHA256,
        TsigAlgorithm.HmacSha384 => HashAlgorithmName.SHA384,
        TsigAlgorithm.HmacSha512 => HashAlgorithmName.SHA512,
        TsigAlgorithm.HmacSha1 => HashAlgorithmName.SHA1,
        TsigAlgorithm.HmacMd5 => HashAlgorithmName.MD5,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };

    private static (TsigAlgorithm Algorithm, string Mnemonic, DomainName Name, int Length) Entry(TsigAlgorithm algorithm) =>
        Array.Find(Table, entry => entry.Algorithm == algorithm) is { Mnemonic: not null } found
            ? found
            : throw new ArgumentOutOfRangeException(nameof(algorithm));
}
