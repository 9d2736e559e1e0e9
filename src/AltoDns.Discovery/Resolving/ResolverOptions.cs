// How the resolver asks, trusts and remembers.

using System.Net.Security;
using AltoDns.Discovery.Validating;

namespace AltoDns.Discovery.Resolving;

public sealed record ResolverOptions
{
    /// <summary>Who is asked; empty for the system's resolvers.</summary>
    public IReadOnlyList<ResolverAddress> Servers { get; init; } = [];

    /// <summary>How long one lookup may take with all its attempts; past it, the lookup has failed.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often one server is asked in one lookup before it counts as silent, 1 or more.</summary>
    public int AttemptsPerServer { get; init; } = 2;

    /// <summary>How long to wait for an answer while the server's round-trip time is unknown.</summary>
    public TimeSpan FirstTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Octets that the cache may take, all told; the names that were not used for longest go first.</summary>
    public long CacheSize { get; init; } = 32 << 20;

    /// <summary>The longest that a positive answer is kept, whatever its TTL.</summary>
    public TimeSpan MaxTimeToLive { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The longest that a negative answer is kept (RFC 2308 §5).</summary>
    public TimeSpan MaxNegativeTimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a failure is remembered, so that a broken zone is not asked for each peer (RFC 9520 §3.2).</summary>
    public TimeSpan FailureTimeToLive { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether every signature is verified here, from a trust anchor down, so that no resolver need be trusted.</summary>
    public bool Validate { get; init; }

    /// <summary>Where chains of trust begin; null for the root's keys, as IANA publishes them.</summary>
    public TrustAnchors? TrustAnchors { get; init; }

    /// <summary>How certificates of TLS and HTTPS resolvers are checked; null for the system's way.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    /// <summary>The clock: for deadlines, TTLs and the validity of signatures.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
