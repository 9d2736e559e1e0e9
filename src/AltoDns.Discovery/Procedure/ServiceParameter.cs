// The service field of a NAPTR record, and the service that a caller wants (RFC 4848 §4.5).

using System.Diagnostics.CodeAnalysis;

namespace AltoDns.Discovery.Procedure;

/// <summary>An application service and the protocols that will do, such as <c>ALTO:https</c>; without protocols any will. Case does not matter.</summary>
internal sealed class ServiceParameter
{
    private const int MaxTagLength = 32;

    // A field of 255 octets has no more: each tag takes two octets with its colon.
    private const int MaxTags = 129;

    private readonly string _service;
    private readonly string[] _protocols;

    private ServiceParameter(string service, string[] protocols)
    {
        _service = service;
        _protocols = protocols;
    }

    /// <summary>The schemes that a URI may have where all protocols are HTTP's; null where any will do.</summary>
    public IReadOnlyList<string>? Schemes => _protocols.Length > 0 && Array.TrueForAll(_protocols, IsHttp) ? _protocols : null;

    /// <summary>What a host is spoken to where the record has no URI: the protocol asked for first.</summary>
    public string FirstProtocol => _protocols.Length > 0 ? _protocols[0].ToLowerInvariant() : Uri.UriSchemeHttps;

    /// <exception cref="DiscoveryException">The text is no service parameter.</exception>
    public static ServiceParameter Parse(string text, string argument) =>
        TryParse(text, out var parameter)
            ? parameter
            : throw new DiscoveryException(
                DiscoveryError.BadService, argument, $"A service is an application service and protocols, such as ALTO:https (RFC 4848 §4.5), and not '{text}'.");

    public static bool TryParse(string text, [NotNullWhen(true)] out ServiceParameter? parameter)
    {
        var tags = text.Split(':');
        var isOne = text.Length <= byte.MaxValue && (tags[0].Length == 0 || IsTag(tags[0])) && tags.Skip(1).All(tag => IsTag(tag));
        parameter = isOne ? new ServiceParameter(tags[0], tags[1..]) : null;
        return isOne;
    }

    /// <summary>Whether a record's field offers this service over one of these protocols; it may list several.</summary>
    /// <param name="field">At most 255 octets. One that is not well-formed offers nothing.</param>
    public bool Matches(ReadOnlySpan<byte> field)
    {
        Span<char> text = stackalloc char[byte.MaxValue];
        for (var i = 0; i < field.Length; i++)
        {
            text[i] = (char)field[i];
        }

        Span<Range> tags = stackalloc Range[MaxTags];
        ReadOnlySpan<char> characters = text[..field.Length];
        var count = characters.Split(tags, ':');
        var offersProtocol = _protocols.Length == 0;
        for (var i = 0; i < count; i++)
        {
            var tag = characters[tags[i]];
            if (i == 0 ? !tag.Equals(_service, StringComparison.OrdinalIgnoreCase) : !IsTag(tag))
            {
                return false;
            }

            offersProtocol |= i > 0 && IsWanted(tag);
        }

        return offersProtocol;
    }

    private static bool IsHttp(string protocol) =>
        protocol.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase) || protocol.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    private bool IsWanted(ReadOnlySpan<char> tag)
    {
        foreach (var protocol in _protocols)
        {
            if (tag.Equals(protocol, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // A letter, then letters, digits, plus, hyphen and dot.
    private static bool IsTag(ReadOnlySpan<char> tag)
    {
        if (tag.Length is 0 or > MaxTagLength || !char.IsAsciiLetter(tag[0]))
        {
            return false;
        }

        foreach (var character in tag)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
