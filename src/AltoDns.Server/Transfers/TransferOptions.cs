// What an operator says about transfers: who may have zones, who is told of changes, and whose zones come here.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;

namespace AltoDns.Server.Transfers;

/// <summary>Settings of transfers in both directions; without any, nobody gets a zone and none comes in.</summary>
public sealed record TransferOptions
{
    /// <summary>All TSIG keys, by name; rules and peers refer to these.</summary>
    public IReadOnlyDictionary<DomainName, TsigKey> Keys { get; init; } = new Dictionary<DomainName, TsigKey>();

    /// <summary>For zones that <see cref="ByZone"/> does not name.</summary>
    public ZoneTransferOptions Default { get; init; } = new();

    /// <summary>Settings of single zones, in place of <see cref="Default"/>.</summary>
    public IReadOnlyDictionary<DomainName, ZoneTransferOptions> ByZone { get; init; } = new Dictionary<DomainName, ZoneTransferOptions>();

    /// <summary>Zones that are served as they come from their primaries.</summary>
    public IReadOnlyList<SecondaryZone> Secondaries { get; init; } = [];

    /// <summary>Those of the secondaries that are catalogs (RFC 9432), whose members become secondaries too.</summary>
    public IReadOnlyList<ConsumedCatalog> Catalogs { get; init; } = [];

    /// <summary>Outgoing transfers that run at a time; more wait.</summary>
    public int MaxOutgoing { get; init; } = 32;

    /// <summary>Incoming transfers that run at a time; more wait.</summary>
    public int MaxIncoming { get; init; } = 16;

    /// <summary>Octets of history a zone that incremental transfers are answered from.</summary>
    public long MaxHistory { get; init; } = 64L << 20;

    public ZoneTransferOptions For(DomainName zone) => ByZone.TryGetValue(zone, out var options) ? options : Default;
}

/// <summary>Who gets a zone.</summary>
public sealed record ZoneTransferOptions
{
    /// <summary>Who may transfer the zone (RFC 5936 §5).</summary>
    public AccessList AllowTransfer { get; init; } = AccessList.Nobody;

    /// <summary>Secondaries that are told of each new version (RFC 1996).</summary>
    public IReadOnlyList<Peer> Notify { get; init; } = [];
}

/// <summary>A zone that another server is primary of.</summary>
/// <param name="Primaries">In order of preference, at least one.</param>
/// <param name="AllowNotify">Who besides the primaries may tell of a new version (RFC 1996 §3.10).</param>
/// <param name="MaxSize">Octets in wire format that are taken before a transfer is given up.</param>
public sealed record SecondaryZone(DomainName Origin, IReadOnlyList<Peer> Primaries, AccessList AllowNotify, long MaxSize = 4L << 30);

/// <summary>A catalog that says which zones this server has.</summary>
/// <param name="Origin">One of the secondaries; its members come from the same primaries, with the same settings.</param>
/// <param name="Groups">By a member's group what it has in place of that; the origin is of no account.</param>
public sealed record ConsumedCatalog(DomainName Origin, IReadOnlyDictionary<string, SecondaryZone> Groups);
