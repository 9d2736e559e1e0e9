// All that is known of a zone's keys from one moment to the next: what is stored, and what a roll-over goes by.

using System.Collections.Immutable;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Keys;

/// <summary>The greatest TTL that caches may still hold records by, though the zone may have a smaller one by now.</summary>
/// <param name="SeenAt">When the zone last had it.</param>
public readonly record struct LongestTimeToLive(TimeSpan Value, DateTimeOffset SeenAt)
{
    /// <summary>What is known once the zone is served with a TTL.</summary>
    public LongestTimeToLive With(TimeSpan timeToLive, DateTimeOffset at, TimeSpan propagation) =>
        timeToLive >= Value || at > SeenAt + Value + propagation ? new LongestTimeToLive(timeToLive, at) : this;
}

/// <summary>A zone's keys. Immutable; made by <see cref="KeyRollover"/> alone.</summary>
public sealed record ZoneKeyState(DomainName Apex)
{
    /// <summary>Grows with every change of what is published or signed with.</summary>
    public long Generation { get; init; }

    /// <summary>The generation that was last said to be served.</summary>
    public long ServedGeneration { get; init; }

    /// <summary>In the order in which they were made.</summary>
    public ImmutableArray<ZoneKey> Keys { get; init; } = [];

    /// <summary>Of all RRsets of the zone and of its negative answers.</summary>
    public LongestTimeToLive ZoneTimeToLive { get; init; }

    /// <summary>Of the DNSKEY RRset.</summary>
    public LongestTimeToLive DnskeyTimeToLive { get; init; }

    /// <summary>The TTL that the parent's DS RRset was seen with.</summary>
    public TimeSpan DsTimeToLive { get; init; }

    /// <summary>What the zone asks of its parent.</summary>
    public ParentRequest Cds { get; init; }

    /// <summary>The TTL that the DNSKEY RRset is published with.</summary>
    public TimeSpan PublishedTimeToLive { get; init; }

    /// <summary>Roles of keys that an operator asked to replace; they are once they are settled.</summary>
    public ImmutableArray<KeyRole> RollRequests { get; init; } = [];

    /// <summary>Whether the zone may be left unsigned: no validator can know of a DS record of it.</summary>
    public bool MayBeUnsigned => Keys.All(key => key.Ds.Spread == Spread.Hidden);

    public bool Equals(ZoneKeyState? other) => ReferenceEquals(this, other)
        || (other is not null
            && Apex == other.Apex
            && Generation == other.Generation
            && ServedGeneration == other.ServedGeneration
            && Keys.AsSpan().SequenceEqual(other.Keys.AsSpan())
            && ZoneTimeToLive == other.ZoneTimeToLive
            && DnskeyTimeToLive == other.DnskeyTimeToLive
            && DsTimeToLive == other.DsTimeToLive
            && Cds == other.Cds
            && PublishedTimeToLive == other.PublishedTimeToLive
            && RollRequests.AsSpan().SequenceEqual(other.RollRequests.AsSpan()));

    public override int GetHashCode() => HashCode.Combine(Apex, Generation, ServedGeneration, Keys.Length);
}
