// Which zones are there because a catalog says so, and what changes when a catalog does (RFC 9432 §5).

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Catalogs;

/// <summary>A zone's place in the catalog that owns it.</summary>
public sealed record CatalogMembership(DomainName Catalog, CatalogMember Member);

/// <summary>What a new version of a catalog brings about; each zone is in one list at most.</summary>
/// <param name="Added">New zones.</param>
/// <param name="Removed">Zones that are to go, with all that is stored of them (RFC 9432 §5.2).</param>
/// <param name="Reset">Zones whose label changed, or that another catalog has taken without leave: what is stored of them goes, and they begin anew (RFC 9432 §5.4).</param>
/// <param name="Changed">Zones that stay with other groups, or in another catalog by change of ownership.</param>
/// <param name="Conflicts">Members that cannot be, as one line each.</param>
public sealed record CatalogChanges(
    IReadOnlyList<DomainName> Added,
    IReadOnlyList<DomainName> Removed,
    IReadOnlyList<DomainName> Reset,
    IReadOnlyList<DomainName> Changed,
    IReadOnlyList<string> Conflicts);

/// <summary>The memberships at one time. Immutable.</summary>
/// <param name="Zones">By zone.</param>
public sealed record CatalogMemberships(IReadOnlyDictionary<DomainName, CatalogMembership> Zones)
{
    public static CatalogMemberships None { get; } = new(new Dictionary<DomainName, CatalogMembership>());

    /// <summary>The memberships once these catalogs are in force.</summary>
    /// <param name="catalogs">The last good version of each catalog that is consumed; a broken or expired one keeps its last (RFC 9432 §5.1).</param>
    /// <param name="isConfigured">Whether a zone is served for another reason; a catalog does not get it (RFC 9432 §5.3).</param>
    public CatalogMemberships With(IReadOnlyCollection<CatalogDocument> catalogs, Func<DomainName, bool> isConfigured, out CatalogChanges changes)
    {
        var conflicts = new List<string>();
        var byName = catalogs.ToDictionary(document => document.Catalog);
        var after = Kept(byName, isConfigured);
        var moved = new HashSet<DomainName>();
        foreach (var document in catalogs.OrderBy(document => document.Catalog))
        {
            foreach (var member in document.Members.Values.OrderBy(member => member.Zone))
            {
                if (isConfigured(member.Zone) || byName.ContainsKey(member.Zone))
                {
                    conflicts.Add($"{member.Zone} of catalog {document.Catalog} is served for another reason already, and stays as it is");
                }
                else if (!after.TryGetValue(member.Zone, out var owner))
                {
                    after.Add(member.Zone, new CatalogMembership(document.Catalog, member));
                }
                else if (owner.Catalog != document.Catalog && owner.Member.NewCatalog == document.Catalog)
                {
                    // RFC 9432 §5.3.1: the old owner has agreed.
                    after[member.Zone] = new CatalogMembership(document.Catalog, member);
                    moved.Add(member.Zone);
                }
                else if (owner.Catalog != document.Catalog)
                {
                    conflicts.Add($"{member.Zone} of catalog {document.Catalog} is a member of {owner.Catalog} already, which does not say that it may change");
                }
            }
        }

        changes = Compare(after, moved, conflicts);
        return new CatalogMemberships(after);
    }

    private Dictionary<DomainName, CatalogMembership> Kept(Dictionary<DomainName, CatalogDocument> catalogs, Func<DomainName, bool> isConfigured)
    {
        var kept = new Dictionary<DomainName, CatalogMembership>();
        foreach (var (zone, membership) in Zones)
        {
            if (!isConfigured(zone)
                && !catalogs.ContainsKey(zone)
                && catalogs.TryGetValue(membership.Catalog, out var document)
                && document.Members.TryGetValue(zone, out var member))
            {
                kept.Add(zone, membership with { Member = member });
            }
        }

        return kept;
    }

    private CatalogChanges Compare(Dictionary<DomainName, CatalogMembership> after, HashSet<DomainName> moved, List<string> conflicts)
    {
        var (reset, changed) = (new List<DomainName>(), new List<DomainName>());
        foreach (var (zone, membership) in after.OrderBy(entry => entry.Key))
        {
            if (!Zones.TryGetValue(zone, out var before) || before == membership)
            {
                continue;
            }

            // RFC 9432 §5.3.1: with the same label the zone keeps its state through a change of ownership.
            var isSame = before.Member.Label == membership.Member.Label && (before.Catalog == membership.Catalog || moved.Contains(zone));
            (isSame ? changed : reset).Add(zone);
        }

        return new CatalogChanges(
            [.. after.Keys.Where(zone => !Zones.ContainsKey(zone)).Order()],
            [.. Zones.Keys.Where(zone => !after.ContainsKey(zone)).Order()],
            reset,
            changed,
            conflicts);
    }
}
