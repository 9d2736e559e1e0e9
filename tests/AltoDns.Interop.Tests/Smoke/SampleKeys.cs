// The key records that the samples' PEM files must lead to, made here from the files by themselves.

namespace AltoDns.Interop.Tests.Smoke;

internal static class SampleKeys
{
    /// <summary>The TXT data of a sample key, in presentation form.</summary>
    /// <param name="name">The file <c>zones/keys/NAME-2026a.pem</c>.</param>
    /// <param name="host">Of the server's URI.</param>
    public static string Text(string name, string host)
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "zones", "keys", $"{name}-2026a.pem"));
        var base64 = string.Concat(lines.Where(line => !line.StartsWith('-')).Select(line => line.Trim()));
        return $"\"v=ALTOKEY1; k=ecdsa-p256; s=2026a; h={host}; p={base64}\"";
    }
}
