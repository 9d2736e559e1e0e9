// How many answers a network of clients may have over UDP, as an operator sets it.

using AltoDns.Protocol.Names;

namespace AltoDns.Server.Protection;

/// <summary>Immutable; equal where all settings are.</summary>
public sealed record RateLimitOptions
{
    /// <summary>Answers of one kind a second for one network, 1 to 1,000,000; as many may come at once after a pause of a second.</summary>
    public int Rate { get; init; } = 200;

    /// <summary>The same for all kinds together; 0 for no such limit.</summary>
    public int TotalRate { get; init; } = 1000;

    /// <summary>Of the answers over the limit one in so many is sent truncated, so that the client may come back over TCP; 0 for none, 1 for all.</summary>
    public int Slip { get; init; } = 2;

    /// <summary>Bits of an IPv4 address that a network has in common, 1 to 32.</summary>
    public int IPv4Length { get; init; } = 24;

    /// <summary>Bits of an IPv6 address that a network has in common, 1 to 64.</summary>
    public int IPv6Length { get; init; } = 56;

    /// <summary>Accounts that are kept, 8 octets each; rounded up to a power of two. When more are needed the least busy ones are forgotten.</summary>
    public int Accounts { get; init; } = 65_536;

    /// <summary>Clients without a limit.</summary>
    public IReadOnlyList<IPPrefix> Exempt { get; init; } = [];

    public bool Equals(RateLimitOptions? other) => other is not null
        && (Rate, TotalRate, Slip, IPv4Length, IPv6Length, Accounts) == (other.Rate, other.TotalRate, other.Slip, other.IPv4Length, other.IPv6Length, other.Accounts)
        && Exempt.SequenceEqual(other.Exempt);

    public override int GetHashCode() => HashCode.Combine(Rate, TotalRate, Slip, IPv4Length, IPv6Length, Accounts, Exempt.Count);
}
