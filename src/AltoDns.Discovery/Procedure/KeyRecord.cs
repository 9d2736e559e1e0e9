// Reads the TXT record that holds a server's key (docs/key-records.md).

using System.Diagnostics.CodeAnalysis;
using System.Text;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Procedure;

internal static class KeyRecord
{
    private const string Version = "v=ALTOKEY1";
    private const int MaxLength = 4096;

    /// <summary>False for a TXT record of another kind, or one that lacks a tag.</summary>
    public static bool TryRead(TxtData text, LookupSecurity security, [NotNullWhen(true)] out AltoKey? key)
    {
        key = null;
        var octets = text.Strings.SelectMany(part => part.ToArray()).Take(MaxLength + 1).ToArray();
        if (octets.Length > MaxLength || octets.AsSpan().IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) >= 0)
        {
            return false;
        }

        var tags = Encoding.ASCII.GetString(octets).Split(';', StringSplitOptions.TrimEntries);
        if (!tags[0].Equals(Version, StringComparison.Ordinal))
        {
            return false;
        }

        if (Value(tags, "k=") is not { Length: > 0 } algorithm
            || Value(tags, "s=") is not { Length: > 0 } selector
            || Value(tags, "h=") is not { Length: > 0 } host
            || Value(tags, "p=") is not { Length: > 0 } encoded)
        {
            return false;
        }

        var info = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, info, out var length) || length == 0)
        {
            return false;
        }

        key = new AltoKey(algorithm, selector, host.TrimEnd('.'), info.AsMemory(0, length), security);
        return true;
    }

    private static string? Value(string[] tags, string name) =>
        Array.Find(tags, tag => tag.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
}
