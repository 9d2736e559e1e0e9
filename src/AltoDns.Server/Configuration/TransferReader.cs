// Reads what the configuration says of transfers: keys, who may have zones, who is told, and whose zones come here.

using AltoDns.Protocol.Names;
using AltoDns.Server.Access;
using AltoDns.Server.Transfers;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Configuration.Yaml;
using AltoDns.Zones.Loading;

namespace AltoDns.Server.Configuration;

/// <summary>What the maps of a configuration say together.</summary>
/// <param name="PlainZones">The zones with a file.</param>
/// <param name="Settled">The zones that have settings of their own but no file, and where that stands.</param>
/// <param name="AllowQuery">Who may ask; null where anybody may.</param>
/// <param name="AllowQueryByZone">The same for zones with rules of their own.</param>
internal sealed record TransferSettings(
    TransferOptions Options,
    IReadOnlyList<PlainZone> PlainZones,
    IReadOnlyList<Positioned<DomainName>> Settled,
    AccessList? AllowQuery,
    IReadOnlyDictionary<DomainName, AccessList> AllowQueryByZone);

/// <summary>Used once.</summary>
internal sealed class TransferReader(SettingValues values, ConfigurationContext context)
{
    private static readonly NodeShape ZonesShape = new("'zones'", "a map of zones", "zones: { example.com: example.com.zone }");
    private static readonly NodeShape SecondariesShape = new("'secondaries'", "a map of zones", "secondaries: { example.net: { primaries: [192.0.2.1] } }");

    private static readonly NodeShape GroupsShape = new("'secondaries.ZONE.groups'", "a map of groups", "groups: { signed: [192.0.2.2] }");

    private readonly SettingPlace _place = context.Place;
    private readonly Dictionary<DomainName, ZoneTransferOptions> _byZone = [];
    private readonly Dictionary<DomainName, AccessList> _allowQuery = [];
    private readonly List<PlainZone> _plainZones = [];
    private readonly List<Positioned<DomainName>> _settled = [];
    private readonly List<ConsumedCatalog> _catalogs = [];

    private ProblemList Problems => context.Problems;

    public TransferSettings Read()
    {
        var keys = new KeysReader(context, values.Get(ServerSettings.AllowWeakTsig, false)).Read(Node(ServerSettings.Keys), values.Find(ServerSettings.KeyFiles));
        var access = new AccessReader(keys, context);
        var all = new ZoneTransferOptions
        {
            AllowTransfer = ReadRules(values, ServerSettings.AllowTransfer, access) ?? AccessList.Nobody,
            Notify = ReadPeers(values, ServerSettings.Notify, access) ?? [],
        };
        ReadZones(access, all);
        var secondaries = ReadSecondaries(access);
        var options = new TransferOptions
        {
            Keys = keys.Found,
            Default = all,
            ByZone = _byZone,
            Secondaries = secondaries,
            Catalogs = _catalogs,
        };
        options = options with
        {
            MaxOutgoing = values.Get(ServerSettings.MaxOutgoing, options.MaxOutgoing),
            MaxIncoming = values.Get(ServerSettings.MaxIncoming, options.MaxIncoming),
            MaxHistory = values.Get(ServerSettings.MaxHistory, options.MaxHistory),
        };
        var coming = secondaries.Select(zone => zone.Origin).ToHashSet();
        foreach (var zone in _plainZones.Where(zone => coming.Contains(zone.Origin)))
        {
            Problems.Error(zone.Position, $"Zone {zone.Origin} has a file, and primaries under 'secondaries'.", "Keep one of the two.");
        }

        return new TransferSettings(
            options,
            _plainZones,
            [.. _settled.Where(zone => !coming.Contains(zone.Value))],
            ReadRules(values, ProtectionSettings.AllowQuery, access),
            _allowQuery);
    }

    private YamlNode? Node(Setting setting) => (YamlNode?)values.Find(setting)?.Value;

    private static AccessList? ReadRules(SettingValues values, Setting setting, AccessReader access) =>
        values.Find(setting) is { } found ? access.ReadRules((YamlNode)found.Value, setting) : null;

    private static IReadOnlyList<Peer>? ReadPeers(SettingValues values, Setting setting, AccessReader access) =>
        values.Find(setting) is { } found ? access.ReadPeers((YamlNode)found.Value, setting) : null;

    private void ReadZones(AccessReader access, ZoneTransferOptions all)
    {
        foreach (var (origin, key, node) in Entries(Node(ServerSettings.Zones), ZonesShape))
        {
            if (node is not YamlMap map)
            {
                if (new NodeShape($"Zone {origin}", "a zone file or a map of settings", $"{key.Text}: {key.Text}.zone").TryReadText(node, Problems, out var path))
                {
                    AddPlainZone(origin, Path.Combine(_place.Folder, path.Text), key.Position);
                }

                continue;
            }

            var zone = SectionReader.Read(map, MapSettings.Zone.All, "zones.ZONE.", $"Zone {origin}", _place);
            if (zone.TryGet(MapSettings.Zone.File, out var file))
            {
                AddPlainZone(origin, file, key.Position);
            }
            else
            {
                _settled.Add(new Positioned<DomainName>(origin, key.Position));
            }

            if (ReadRules(zone, MapSettings.Zone.AllowQuery, access) is { } mayAsk)
            {
                _allowQuery[origin] = mayAsk;
            }

            var rules = ReadRules(zone, MapSettings.Zone.AllowTransfer, access);
            var notify = ReadPeers(zone, MapSettings.Zone.Notify, access);
            if (rules is not null || notify is not null)
            {
                _byZone[origin] = new ZoneTransferOptions { AllowTransfer = rules ?? all.AllowTransfer, Notify = notify ?? all.Notify };
            }
        }
    }

    private void AddPlainZone(DomainName origin, string path, SourcePosition position)
    {
        context.Paths.Add(path);
        _plainZones.Add(new PlainZone(origin, path, position));
    }

    private List<SecondaryZone> ReadSecondaries(AccessReader access)
    {
        var secondaries = new List<SecondaryZone>();
        foreach (var (origin, key, node) in Entries(Node(ServerSettings.Secondaries), SecondariesShape))
        {
            if (node is not YamlMap map)
            {
                secondaries.Add(new SecondaryZone(origin, access.ReadPeers(node, MapSettings.Secondary.Primaries), AccessList.Nobody));
                continue;
            }

            var zone = SectionReader.Read(map, MapSettings.Secondary.All, "secondaries.ZONE.", $"Zone {origin}", _place);
            var primaries = ReadPeers(zone, MapSettings.Secondary.Primaries, access);
            if (primaries is null || (zone.Find(MapSettings.Secondary.Primaries)!.Value is YamlList { Items.Count: 0 }))
            {
                Problems.Error(key.Position, $"Zone {origin} has no primaries.", "Add 'primaries: [192.0.2.1]' with their addresses.");
            }

            var secondary = new SecondaryZone(origin, primaries ?? [], ReadRules(zone, MapSettings.Secondary.AllowNotify, access) ?? AccessList.Nobody);
            secondary = secondary with { MaxSize = zone.Get(MapSettings.Secondary.MaxSize, secondary.MaxSize) };
            secondaries.Add(secondary);
            ReadCatalog(zone, secondary, access);
        }

        return secondaries;
    }

    private void ReadCatalog(SettingValues zone, SecondaryZone secondary, AccessReader access)
    {
        var groups = new Dictionary<string, SecondaryZone>(StringComparer.Ordinal);
        var found = zone.Find(MapSettings.Secondary.Groups);
        foreach (var (name, node) in found is null ? [] : GroupsShape.ReadEntries((YamlNode)found.Value, Problems))
        {
            groups[name.Text] = secondary with { Primaries = access.ReadPeers(node, MapSettings.Secondary.Primaries) };
        }

        if (zone.Get(MapSettings.Secondary.Catalog, false))
        {
            _catalogs.Add(new ConsumedCatalog(secondary.Origin, groups));
        }
        else if (found is not null)
        {
            Problems.Error(found.Position, $"Zone {secondary.Origin} has groups, but is no catalog.", "Add 'catalog: true', or remove them.");
        }
    }

    // The entries of a map by zone, without those whose key is no zone or stands twice.
    private IEnumerable<(DomainName Origin, YamlScalar Key, YamlNode Node)> Entries(YamlNode? map, NodeShape shape)
    {
        var places = new Dictionary<DomainName, SourcePosition>();
        foreach (var (key, node) in map is null ? [] : shape.ReadEntries(map, Problems))
        {
            if (ZoneName.TryRead(key, Problems, out var origin))
            {
                if (places.TryAdd(origin, key.Position))
                {
                    yield return (origin, key, node);
                }
                else
                {
                    Problems.Error(key.Position, $"Zone {origin} is already given at {places[origin]}.", "Keep one of the two.");
                }
            }
        }
    }
}
