// What discovery does and leaves.

using AltoDns.Discovery.Resolving;

namespace AltoDns.Discovery;

public sealed record DiscoveryOptions
{
    /// <summary>Who is asked, how, and whether signatures are verified.</summary>
    public ResolverOptions Resolver { get; init; } = new();

    /// <summary>Whether the keys of the servers are looked up, too: one more question for each name that answers.</summary>
    public bool WithKeys { get; init; } = true;

    /// <summary>Whether addresses that are no peer's on the Internet (private, loopback, link-local, multicast …) are looked up all the same, as in a split horizon.</summary>
    public bool IncludeSpecialAddresses { get; init; }

    /// <summary>Whether names that failed for now are asked once more after all names were tried (RFC 8686 §3.5). Speed is preferred by default.</summary>
    public bool RetryTemporaryErrors { get; init; }

    /// <summary>The most lookups that one discovery may make, chains of non-terminal records and all.</summary>
    public int MaxLookups { get; init; } = 32;

    /// <summary>Peers of a swarm that are looked up at the same time.</summary>
    public int Concurrency { get; init; } = 256;
}
