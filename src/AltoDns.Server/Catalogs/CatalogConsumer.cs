// Turns the members of catalogs that are transferred in into secondary zones (RFC 9432 §5).
//
//   configuration ──> configured ──┐
//                                  ├──> effective ──> who transfers zones in
//   catalogs as they come ─────────┘

using AltoDns.Protocol.Names;
using AltoDns.Server.Reloading;
using AltoDns.Server.Transfers;
using AltoDns.Zones.Catalogs;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Catalogs;

/// <summary>
/// A broken catalog, one that expired and one that is not there yet keep the members they had, also after a restart. Safe for any number of threads.
/// </summary>
public sealed class CatalogConsumer : IZoneChangeObserver
{
    private readonly TransferOptionsStore _configured;
    private readonly ZoneStore _store;
    private readonly Action<CatalogChanges> _changed;
    private readonly MembershipFile _file;
    private readonly ILogger<CatalogConsumer> _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<DomainName, CatalogDocument> _documents = [];
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private CatalogMemberships _memberships;

    /// <param name="configured">What the configuration says.</param>
    /// <param name="store">Where it is seen which zones are served for another reason.</param>
    /// <param name="effective">Where the members are added to what the configuration says, from now on.</param>
    /// <param name="changed">Has zones that come and go served so, and what is stored of those that go or begin anew removed (RFC 9432 §5.2, §5.4). It must not wait.</param>
    public CatalogConsumer(
        TransferOptionsStore configured,
        TransferOptionsStore effective,
        ZoneStore store,
        string stateFolder,
        Action<CatalogChanges> changed,
        ILogger<CatalogConsumer> logger)
    {
        _configured = configured;
        _store = store;
        _changed = changed;
        _logger = logger;
        _file = new MembershipFile(stateFolder);
        _memberships = _file.Read();
        Effective = effective;
        Effective.Publish(WithMembers(configured.Current));
        configured.OnChange(_ => Settle());
    }

    /// <summary>What the configuration says, and the members of the catalogs among the secondaries.</summary>
    public TransferOptionsStore Effective { get; }

    public void Published(IReadOnlyList<ZoneChange> changes)
    {
        var isNew = false;
        foreach (var zone in changes.Select(change => change.After).OfType<ZoneSnapshot>().Where(zone => IsCatalog(zone.Origin)))
        {
            if (CatalogDocument.Read(zone, out var fault) is { } document)
            {
                lock (_gate)
                {
                    _documents[zone.Origin] = document;
                }

                isNew = true;
            }
            else
            {
                _logger.CatalogBroken(zone.Origin, zone.Serial, fault);
            }
        }

        if (isNew)
        {
            Settle();
        }
    }

    /// <summary>Whether a zone is a catalog that is consumed.</summary>
    public bool IsCatalog(DomainName zone) => _configured.Current.Catalogs.Any(catalog => catalog.Origin == zone);

    private void Settle()
    {
        lock (_gate)
        {
            var configured = _configured.Current;
            var catalogs = configured.Catalogs.Select(catalog => DocumentOf(catalog.Origin)).OfType<CatalogDocument>().ToList();
            var before = _memberships;
            var own = configured.Secondaries.Select(zone => zone.Origin).ToHashSet();
            own.UnionWith(_store.Current.Zones.Select(zone => zone.Origin).Where(origin => !before.Zones.ContainsKey(origin)));
            _memberships = before.With(catalogs, own.Contains, out var changes);
            Tell(changes);
            Store(changes);
            Effective.Publish(WithMembers(configured));
            if (HasAny(changes))
            {
                _changed(changes);
            }
        }
    }

    // A catalog that has not come yet in this run has the members that were stored.
    private CatalogDocument? DocumentOf(DomainName catalog) =>
        _documents.TryGetValue(catalog, out var document) ? document : CatalogDocument.Of(catalog, _memberships.Zones.Values.Where(member => member.Catalog == catalog).Select(member => member.Member));

    private TransferOptions WithMembers(TransferOptions configured)
    {
        var own = configured.Secondaries.Select(zone => zone.Origin).ToHashSet();
        var members = _memberships.Zones.Values
            .Where(membership => !own.Contains(membership.Member.Zone))
            .Select(membership => SecondaryOf(membership, configured))
            .OfType<SecondaryZone>();
        return configured with { Secondaries = [.. configured.Secondaries, .. members] };
    }

    // Null where the catalog is no longer among the secondaries.
    private static SecondaryZone? SecondaryOf(CatalogMembership membership, TransferOptions configured)
    {
        var catalog = configured.Catalogs.FirstOrDefault(entry => entry.Origin == membership.Catalog);
        var group = membership.Member.Groups.FirstOrDefault(name => catalog?.Groups.ContainsKey(name) is true);
        var terms = group is not null ? catalog!.Groups[group] : configured.Secondaries.FirstOrDefault(zone => zone.Origin == membership.Catalog);
        return catalog is null || terms is null ? null : terms with { Origin = membership.Member.Zone };
    }

    private void Tell(CatalogChanges changes)
    {
        foreach (var zone in changes.Removed)
        {
            _logger.MemberRemoved(zone);
        }

        foreach (var zone in changes.Added)
        {
            _logger.MemberAdded(zone, _memberships.Zones[zone].Catalog);
        }

        foreach (var zone in changes.Reset)
        {
            _logger.MemberReset(zone, _memberships.Zones[zone].Catalog);
        }

        foreach (var zone in changes.Changed)
        {
            _logger.MemberChanged(zone, _memberships.Zones[zone].Catalog);
        }

        // Each is told once until it is mended.
        _refused.IntersectWith(changes.Conflicts);
        foreach (var conflict in changes.Conflicts.Where(_refused.Add))
        {
            _logger.MemberRefused(conflict);
        }
    }

    private static bool HasAny(CatalogChanges changes) => changes.Added.Count + changes.Removed.Count + changes.Reset.Count + changes.Changed.Count > 0;

    private void Store(CatalogChanges changes)
    {
        if (!HasAny(changes))
        {
            return;
        }

        try
        {
            _file.Write(_memberships);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _logger.MembersNotStored(exception.Message);
        }
    }
}
