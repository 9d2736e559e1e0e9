// What a caller asked for and cannot have, by the argument that is at fault (RFC 8686 §3.5).

namespace AltoDns.Discovery;

public enum DiscoveryError
{
    /// <summary>IPv4 prefixes are at least 8 bits long, IPv6 prefixes 32 (RFC 8686 §3.2).</summary>
    UnsupportedPrefixLength,

    /// <summary>The ID has an illegal label, or is too long.</summary>
    BadPeerId,

    /// <summary>The service parameter is none of RFC 4848 §4.5, or has no protocol.</summary>
    BadService,

    /// <summary>The domain name is none.</summary>
    BadDomainName,
}

/// <summary>An argument that discovery cannot work with. That nothing was found is a result, not an exception.</summary>
/// <param name="argument">The parameter's name.</param>
/// <param name="remedy">What to give in its place.</param>
public sealed class DiscoveryException(DiscoveryError error, string argument, string remedy) : ArgumentException(remedy, argument)
{
    public DiscoveryError Error { get; } = error;
}
