// What the URI of an ALTO server's directory must be, to be published in a NAPTR record and of use to a client.

using System.Globalization;
using System.Net;
using System.Text;

namespace AltoDns.Zones.Configuration;

internal static class UriRules
{
    /// <summary>The most octets that fit between <c>!.*!</c> and <c>!</c> in a character-string of 255 (RFC 4848 §2.2).</summary>
    public const int MaxLength = 250;

    /// <summary>Checks a URI and notes its first fault; <c>http</c> is only a warning.</summary>
    /// <returns>Whether it may be published.</returns>
    public static bool Check(string uri, SourcePosition position, ProblemList problems)
    {
        if (FindFault(uri) is var (fault, remedy))
        {
            problems.Error(position, fault, remedy);
            return false;
        }

        if (uri.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
        {
            problems.Warn(position, $"URI {PrefixText.Excerpt(uri)} is not protected by TLS.", "Use https; http is for debugging only (RFC 8686 §3.1).");
        }

        return true;
    }

    private static (string Fault, string Remedy)? FindFault(string uri)
    {
        var character = uri.FirstOrDefault(character => !IsUriCharacter(character));
        if (character > '~')
        {
            return ($"The URI has the character '{character}', which is not ASCII.", "Write the host in its xn-- form and percent-encode the rest (RFC 3986 §2).");
        }

        if (character != default || uri.Contains('\0'))
        {
            return ($"The URI has the character '{character}', which no URI may have.", $"Write %{(int)character:X2} in its place (RFC 3986 §2.1).");
        }

        if (uri.Contains('!'))
        {
            return ("The URI has a bare '!', which would end the NAPTR's regexp.", "Write %21 in its place (RFC 4848 §2.2).");
        }

        if (HasBadEscape(uri))
        {
            return ("The URI has a '%' that two hexadecimal digits do not follow.", "Write %25 for the sign itself (RFC 3986 §2.1).");
        }

        var schemeEnd = uri.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd < 0)
        {
            return ($"'{PrefixText.Excerpt(uri)}' is not an absolute URI.", "Write all of it, such as https://alto1.isp1.example/ird.");
        }

        var scheme = uri[..schemeEnd].ToLowerInvariant();
        if (scheme is not ("https" or "http"))
        {
            return ($"The URI's scheme is '{PrefixText.Excerpt(scheme)}', which ALTO does not use.", "Write https:// (RFC 7285 §8.3.5).");
        }

        if (uri.Length > MaxLength)
        {
            return ($"The URI has {uri.Length} octets, but a NAPTR record has room for {MaxLength}.", $"Shorten it by {uri.Length - MaxLength} (RFC 4848 §2.2).");
        }

        if (uri.Contains('#'))
        {
            return ("The URI has a fragment, which no client sends.", "Remove the '#' and what follows.");
        }

        var rest = uri.AsSpan(schemeEnd + 3);
        var authorityEnd = rest.IndexOfAny('/', '?');
        return FindAuthorityFault(authorityEnd < 0 ? rest : rest[..authorityEnd]);
    }

    private static (string Fault, string Remedy)? FindAuthorityFault(ReadOnlySpan<char> authority)
    {
        if (authority.Contains('@'))
        {
            return ("The URI has a user name, which everybody could read.", "Remove what stands before the '@'.");
        }

        if (authority.StartsWith("[") && !authority.Contains(']'))
        {
            return ("The URI's host opens a bracket that nothing closes.", "Write ']' after the IPv6 address.");
        }

        var hostEnd = authority.LastIndexOf(']') + 1;
        var portStart = authority[hostEnd..].IndexOf(':');
        var host = portStart < 0 ? authority : authority[..(hostEnd + portStart)];
        if (portStart >= 0
            && !(ushort.TryParse(authority[(hostEnd + portStart + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0))
        {
            return ($"The URI's port '{authority[(hostEnd + portStart + 1)..]}' is not a number from 1 to 65535.", "Correct it, or remove it with its colon.");
        }

        if (host.IsEmpty)
        {
            return ("The URI has no host.", "Write it after '//', as in https://alto1.isp1.example/ird.");
        }

        return IsHost(host.ToString()) ? null : ($"The URI's host '{host}' is neither a host name nor an address.", "Use letters, digits, hyphens and dots, or an IPv6 address in brackets.");
    }

    private static bool IsHost(string host) => host[0] == '['
        ? host[^1] == ']' && IPAddress.TryParse(host[1..^1], out var address) && address.ToString().Contains(':')
        : host.Length < 254 && (host.EndsWith('.') ? host[..^1] : host).Split('.').All(label => NameText.IsLdhLabel(Encoding.ASCII.GetBytes(label)));

    private static bool HasBadEscape(string uri)
    {
        for (var i = uri.IndexOf('%'); i >= 0; i = uri.IndexOf('%', i + 1))
        {
            if (i + 2 >= uri.Length || !char.IsAsciiHexDigit(uri[i + 1]) || !char.IsAsciiHexDigit(uri[i + 2]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsUriCharacter(char character) =>
        character is > ' ' and <= '~' and not ('"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}');
}
