// The words for TSIG's algorithms, as BIND and others write them.

using AltoDns.Protocol.Security;

namespace AltoDns.Server.Configuration;

/// <param name="IsWeak">Whether it is only to interoperate.</param>
public sealed record TsigWord(TsigAlgorithm Algorithm, bool IsWeak)
{
    internal static ValueKind<TsigWord> Kind { get; } = ValueKinds.Word(
        "a TSIG algorithm",
        ("hmac-sha256", new TsigWord(TsigAlgorithm.HmacSha256, false)),
        ("hmac-sha384", new TsigWord(TsigAlgorithm.HmacSha384, false)),
        ("hmac-sha512", new TsigWord(TsigAlgorithm.HmacSha512, false)),
        ("hmac-sha1", new TsigWord(TsigAlgorithm.HmacSha1, true)),
        ("hmac-md5", new TsigWord(TsigAlgorithm.HmacMd5, true)));
}
