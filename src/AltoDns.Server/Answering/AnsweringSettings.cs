// What an operator may set about how questions are answered.

using AltoDns.Protocol.Names;

namespace AltoDns.Server.Answering;

/// <summary>Immutable but for the cookie secrets, which rotate.</summary>
public sealed record AnsweringSettings
{
    /// <summary>The largest UDP answer, in octets: 512 to 65,535; 1,232 avoids fragments (RFC 9715).</summary>
    public ushort MaxUdpPayloadSize { get; init; } = 1232;

    /// <summary>What NSID (RFC 5001), <c>id.server</c> and <c>hostname.bind</c> (RFC 4892) say, at most 255 octets in UTF-8; null to say nothing.</summary>
    public string? Identity { get; init; }

    /// <summary>What <c>version.server</c> and <c>version.bind</c> say, at most 255 octets in UTF-8; null to say nothing.</summary>
    public string? Version { get; init; }

    /// <summary>Where clients may report errors (RFC 9567); null for nowhere.</summary>
    public DomainName? ReportAgent { get; init; }

    public CookieSecrets Cookies { get; init; } = CookieSecrets.CreateRandom();
}
