// Which names and types the key of an update may change.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Updating;

/// <summary>The names that a rule speaks of.</summary>
public enum PermittedNames
{
    /// <summary>All of the zone.</summary>
    Zone,

    /// <summary>Names below a label <c>_peer</c> (docs/peer-labels.md).</summary>
    Peers,

    /// <summary>A name and all below it.</summary>
    Subtree,

    /// <summary>One name.</summary>
    Name,

    /// <summary>The name that the key has, and all below it.</summary>
    Self,
}

/// <summary>One line of an update policy. Immutable.</summary>
/// <param name="Key">The TSIG key that it gives rights to.</param>
/// <param name="Zone">The apex of the zone; null for all zones.</param>
/// <param name="Name">Of <see cref="PermittedNames.Subtree"/> and <see cref="PermittedNames.Name"/>; null otherwise.</param>
/// <param name="Types">Those that may be changed; none for all but SOA, NS and what DNSSEC needs.</param>
public sealed record UpdateRule(DomainName Key, DomainName? Zone, PermittedNames Names, DomainName? Name, IReadOnlyList<RecordType> Types)
{
    /// <summary>Whether it lets the key change records of this owner and type.</summary>
    public bool Permits(DomainName owner, RecordType type) => PermitsName(owner) && PermitsType(type);

    internal bool PermitsName(DomainName owner) => Names switch
    {
        PermittedNames.Zone => true,
        PermittedNames.Peers => IsBelowPeerLabel(owner),
        PermittedNames.Subtree => owner.IsSubdomainOf(Name!.Value),
        PermittedNames.Name => owner == Name!.Value,
        PermittedNames.Self => owner.IsSubdomainOf(Key),
        _ => throw new InvalidOperationException($"Unknown names {Names}."),
    };

    private bool PermitsType(RecordType type) => Types.Count > 0
        ? Types.Contains(type)
        : type is not (RecordType.SOA or RecordType.NS or RecordType.DS or RecordType.DNSKEY or RecordType.CDS or RecordType.CDNSKEY or RecordType.CSYNC);

    private static bool IsBelowPeerLabel(DomainName owner)
    {
        for (var above = owner; !above.IsRoot; above = above.Parent)
        {
            if (above != owner && above.FirstLabel.SequenceEqual(PeerName.PeerLabel))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>All rules; what none permits is refused. Immutable.</summary>
public sealed record UpdatePolicy(IReadOnlyList<UpdateRule> Rules)
{
    public static UpdatePolicy Nobody { get; } = new([]);

    /// <summary>What a key may do in a zone; empty where it may do nothing.</summary>
    public UpdatePermission For(DomainName key, DomainName zone) =>
        new([.. Rules.Where(rule => rule.Key == key && (rule.Zone is not { } apex || apex == zone))]);
}

/// <summary>The rights of one key in one zone.</summary>
public sealed record UpdatePermission(IReadOnlyList<UpdateRule> Rules)
{
    public bool IsEmpty => Rules.Count == 0;

    /// <summary>Whether the key may change records of this owner and type.</summary>
    /// <param name="owner">In lower case.</param>
    /// <param name="type">ANY for all types that the name has now, each of which <paramref name="present"/> tells.</param>
    public bool Permits(DomainName owner, RecordType type, IEnumerable<RecordType> present) => type == RecordType.ANY
        ? Rules.Any(rule => rule.PermitsName(owner)) && present.All(each => Permits(owner, each, []))
        : Rules.Any(rule => rule.Permits(owner, type));
}
