// Reads the prefixes that an operator writes, and says what to write in place of the many things that look like one.

using System.Net;
using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Configuration;

internal static class PrefixText
{
    // ::ffff:0:0/96, the IPv6 form of IPv4 addresses (RFC 4291 §2.5.5.2).
    private static readonly IPPrefix Mapped = IPPrefix.Parse("::ffff:0:0/96");

    /// <summary>Reads a prefix, or an address as one of full length; false, with the problem noted, where the text is none.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, SourcePosition position, ProblemList problems, out IPPrefix prefix)
    {
        var error = IPPrefix.TryParse(text, out prefix);
        if (error == PrefixError.None && !Mapped.Contains(prefix))
        {
            return true;
        }

        var (fault, remedy) = Explain(text.ToString(), error, prefix);
        problems.Error(position, fault, remedy);
        return false;
    }

    /// <summary>Cuts a text from a file to a length that fits into a message.</summary>
    public static string Excerpt(string text) => text.Length > 80 ? text[..80] + "…" : text;

    private static (string Fault, string Remedy) Explain(string text, PrefixError error, IPPrefix prefix) =>
        error switch
        {
            PrefixError.None => ($"Prefix {text} is IPv4 in IPv6 form.", $"Write {Unmap(prefix)}."),
            PrefixError.HostBits when Mapped.Contains(prefix) => ($"Prefix {text} is IPv4 in IPv6 form.", $"Write {Unmap(prefix)}."),
            PrefixError.HostBits => (
                $"Prefix {text} has bits set beyond its length.", $"Write {prefix}, or {AddressPart(text)}/{prefix.AddressLength} for the one address."),
            PrefixError.BadLength => ExplainLength(text),
            _ => ExplainAddress(text),
        };

    private static (string Fault, string Remedy) ExplainLength(string text)
    {
        var address = AddressPart(text);
        var maximum = address.Contains(':') ? 128 : 32;
        if (maximum == 32 && TryReadMask(text[(text.IndexOf('/') + 1)..], out var length))
        {
            return ($"Prefix {Excerpt(text)} has a netmask in place of a length.", $"Write {address}/{length}.");
        }

        return ($"The length of {Excerpt(text)} is not a number from 0 to {maximum}.", "Correct what follows the '/'.");
    }

    private static (string Fault, string Remedy) ExplainAddress(string text)
    {
        if (text.EndsWith(".arpa", StringComparison.OrdinalIgnoreCase) || text.EndsWith(".arpa.", StringComparison.OrdinalIgnoreCase))
        {
            var isReverse = DomainName.TryParse(System.Text.Encoding.UTF8.GetBytes(text), DomainName.Root, out var name) == NameError.None
                & ReverseName.TryGetPrefix(name, out var prefix);
            return ($"'{Excerpt(text)}' is a name, not a prefix.", isReverse ? $"Write {prefix}." : "Write the prefix, such as 192.0.2.0/24.");
        }

        if (text.Split('-') is [var first, var last] && IPAddress.TryParse(first.Trim(), out _) && IPAddress.TryParse(last.Trim(), out _))
        {
            return ($"'{Excerpt(text)}' is a range of addresses, not a prefix.", "Write one or more prefixes that make it up.");
        }

        if (text.StartsWith(':') && !text.StartsWith("::", StringComparison.Ordinal))
        {
            return ($"'{Excerpt(text)}' is not an IPv6 prefix.", $"Put it in quotes if you wrote ':{Excerpt(text)}': YAML may take the first colon for its own.");
        }

        if (text.Contains(':'))
        {
            return ($"'{Excerpt(text)}' is not an IPv6 prefix.", "Write hexadecimal groups and a length, as in 2001:db8:1::/48.");
        }

        return (
            $"'{Excerpt(text)}' is not an IP prefix.", "Write four octets without leading zeros and a length, as in 192.0.2.0/24, or an IPv6 prefix such as 2001:db8:1::/48.");
    }

    private static string AddressPart(string text) => text.IndexOf('/') is var slash and >= 0 ? text[..slash] : text;

    private static string Unmap(IPPrefix prefix) =>
        IPPrefix.Create(prefix.Bits << Mapped.Length, prefix.Length - Mapped.Length, isIPv6: false).ToString();

    private static bool TryReadMask(string text, out int length)
    {
        length = 0;
        if (IPPrefix.TryParse(text, out var mask) != PrefixError.None || mask.IsIPv6)
        {
            return false;
        }

        length = (int)UInt128.LeadingZeroCount(~mask.Bits);
        return length is > 0 and <= 32 && UInt128.PopCount(mask.Bits) == (UInt128)length;
    }
}
