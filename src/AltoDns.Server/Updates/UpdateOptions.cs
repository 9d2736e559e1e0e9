// What an operator says about updates: who may change what, and how long records last at most.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Updating;

namespace AltoDns.Server.Updates;

/// <summary>Settings of DNS UPDATE; without any rule every update is refused.</summary>
public sealed record UpdateOptions
{
    /// <summary>The TSIG keys that rules may name, by name.</summary>
    public IReadOnlyDictionary<DomainName, TsigKey> Keys { get; init; } = new Dictionary<DomainName, TsigKey>();

    public UpdatePolicy Policy { get; init; } = UpdatePolicy.Nobody;

    /// <summary>The file that dynamic records are kept in.</summary>
    public required string StorePath { get; init; }

    /// <summary>Updates that wait at a time; more are answered SERVFAIL at once.</summary>
    public int QueueLength { get; init; } = 4096;

    /// <summary>Updates that are written together at most.</summary>
    public int GroupSize { get; init; } = 1024;

    /// <summary>The shortest lease that is granted (RFC 9664): what is asked for below is raised to it.</summary>
    public TimeSpan ShortestLease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest lease that is granted.</summary>
    public TimeSpan LongestLease { get; init; } = TimeSpan.FromDays(7);
}
