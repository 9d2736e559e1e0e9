// One usable NAPTR record of a U-NAPTR application: what it says comes next (RFC 4848 §4.4, §4.6).

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Procedure;

internal enum NaptrFlag
{
    /// <summary>Empty: NAPTR records at the replacement.</summary>
    Continue,

    /// <summary><c>u</c>: a URI.</summary>
    Uri,

    /// <summary><c>s</c>: SRV records at the replacement.</summary>
    Service,

    /// <summary><c>a</c>: addresses at the replacement.</summary>
    Address,
}

/// <param name="Uri">Of <see cref="NaptrFlag.Uri"/>.</param>
/// <param name="Replacement">Of the others.</param>
internal sealed record NaptrRule(ushort Order, ushort Preference, NaptrFlag Flag, Uri? Uri, DomainName Replacement)
{
    // RFC 3986 §2, without the exclamation mark, which ends the URI here.
    private static readonly SearchValues<byte> UriOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@$&'()*+,;=%"u8);

    /// <summary>Reads a record; false for one that does not offer the service, or that is not as the RFC wants it and is therefore ignored.</summary>
    public static bool TryRead(NaptrData record, ServiceParameter service, [NotNullWhen(true)] out NaptrRule? rule)
    {
        rule = null;
        if (!service.Matches(record.Services.Span) || !TryReadFlag(record.Flags.Span, out var flag))
        {
            return false;
        }

        // RFC 3403 §4.1: regexp and replacement exclude each other.
        var hasReplacement = !record.Replacement.IsRoot;
        var hasRegexp = !record.Regexp.IsEmpty;
        if (hasReplacement == hasRegexp || hasRegexp != (flag == NaptrFlag.Uri))
        {
            return false;
        }

        Uri? uri = null;
        if (hasRegexp && !TryReadUri(record.Regexp.Span, service.Schemes, out uri))
        {
            return false;
        }

        rule = new NaptrRule(record.Order, record.Preference, flag, uri, record.Replacement);
        return true;
    }

    private static bool TryReadFlag(ReadOnlySpan<byte> flags, out NaptrFlag flag)
    {
        flag = NaptrFlag.Continue;
        if (flags.Length > 1)
        {
            return false;
        }

        flag = flags.IsEmpty ? NaptrFlag.Continue : (flags[0] | 0x20) switch { 'u' => NaptrFlag.Uri, 's' => NaptrFlag.Service, 'a' => NaptrFlag.Address, _ => (NaptrFlag)(-1) };
        return Enum.IsDefined(flag);
    }

    // RFC 4848 §4.6 has one form only: the delimiter, .* for the whole name, the delimiter, the URI, the delimiter. No flag follows.
    private static bool TryReadUri(ReadOnlySpan<byte> regexp, IReadOnlyList<string>? schemes, [NotNullWhen(true)] out Uri? uri)
    {
        uri = null;
        if (!regexp.StartsWith("!.*!"u8) || regexp[^1] != (byte)'!' || regexp.Length < 6)
        {
            return false;
        }

        var text = regexp[4..^1];
        if (text.ContainsAnyExcept(UriOctets))
        {
            return false; // not a character of any URI, a delimiter, or a reference into the expression
        }

        // RFC 7286 §3.2: the protocol tag names the scheme; https asked for shall not become http.
        return Uri.TryCreate(Encoding.ASCII.GetString(text), UriKind.Absolute, out uri)
            && (schemes is null || (uri.Host.Length > 0 && schemes.Contains(uri.Scheme, StringComparer.OrdinalIgnoreCase)));
    }
}
