// What a primary is given to answer in.

namespace AltoDns.Server.Transfers.Incoming;

/// <summary>Beyond any of these a transfer is given up.</summary>
internal sealed record TransferLimits
{
    /// <summary>For the connection to stand, TLS included.</summary>
    public TimeSpan Connecting { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the next message to have come to its end.</summary>
    public TimeSpan Message { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Before the rate counts.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Octets a second, from the beginning on average.</summary>
    public long LeastRate { get; init; } = 4096;
}
