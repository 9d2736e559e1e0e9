// What a catalog zone says: which zones there are, under which labels, in which groups (RFC 9432).

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Catalogs;

/// <summary>A member zone (RFC 9432 §4.1).</summary>
/// <param name="Label">The member node's label as presentation form has it; another one means another zone of the same name (RFC 9432 §5.4).</param>
/// <param name="Groups">In canonical order; mostly none or one (RFC 9432 §4.3.2).</param>
/// <param name="NewCatalog">The catalog that may take the zone over (RFC 9432 §4.3.1); null for none.</param>
public sealed record CatalogMember(DomainName Zone, string Label, IReadOnlyList<string> Groups, DomainName? NewCatalog)
{
    public bool Equals(CatalogMember? other) =>
        other is not null && Zone == other.Zone && Label == other.Label && NewCatalog == other.NewCatalog && Groups.SequenceEqual(other.Groups, StringComparer.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Zone, Label);
}

/// <summary>One version of a catalog. Immutable.</summary>
public sealed class CatalogDocument
{
    /// <summary>The only version of the schema there is (RFC 9432 §4.2.1).</summary>
    public const string SchemaVersion = "2";

    private CatalogDocument(DomainName catalog, IReadOnlyDictionary<DomainName, CatalogMember> members)
    {
        Catalog = catalog;
        Members = members;
    }

    public DomainName Catalog { get; }

    /// <summary>By zone.</summary>
    public IReadOnlyDictionary<DomainName, CatalogMember> Members { get; }

    /// <summary>A catalog as it was known before.</summary>
    /// <param name="members">Each zone once.</param>
    public static CatalogDocument Of(DomainName catalog, IEnumerable<CatalogMember> members) => new(catalog, members.ToDictionary(member => member.Zone));

    /// <summary>Reads a catalog. Properties that nobody here knows are passed over (RFC 9432 §4.2, §4.3).</summary>
    /// <param name="fault">Why the catalog is broken and must not be processed (RFC 9432 §5.1); empty where it is not.</param>
    /// <returns>Null for a broken one.</returns>
    public static CatalogDocument? Read(ZoneSnapshot zone, out string fault)
    {
        fault = FaultOfVersion(zone);
        if (fault.Length > 0 || FindChild(zone, ZoneSnapshot.Apex, "zones") is not (>= 0 and var collection))
        {
            return fault.Length > 0 ? null : new CatalogDocument(zone.Origin, new Dictionary<DomainName, CatalogMember>());
        }

        var members = new Dictionary<DomainName, CatalogMember>();
        foreach (var node in zone.InOrder)
        {
            if (node == ZoneSnapshot.Apex || zone.Node(node).Parent != zone.Identity(collection) || zone.FindRRset(node, RecordType.PTR) < 0)
            {
                continue;
            }

            var label = Escaped(zone.NameOf(node));
            var zones = DataAt<PtrData>(zone, node, RecordType.PTR);
            if (zones.Count != 1)
            {
                // RFC 9432 §4.1: more than one record makes the catalog broken.
                fault = $"the member {label} has {zones.Count} PTR records; leave one";
                return null;
            }

            var member = new CatalogMember(zones[0].Target.ToLower(), label, GroupsOf(zone, node), NewCatalogOf(zone, node));
            if (!members.TryAdd(member.Zone, member))
            {
                // RFC 9432 §4.1: each zone at most once.
                fault = $"zone {member.Zone} is a member twice, as {members[member.Zone].Label} and as {label}; leave one";
                return null;
            }
        }

        return new CatalogDocument(zone.Origin, members);
    }

    // RFC 9432 §4.2.1: exactly one version record, and one that is understood.
    private static string FaultOfVersion(ZoneSnapshot zone)
    {
        var node = FindChild(zone, ZoneSnapshot.Apex, "version");
        var versions = node < 0 ? [] : DataAt<TxtData>(zone, node, RecordType.TXT);
        if (versions.Count != 1)
        {
            return versions.Count == 0 ? $"it has no TXT record at version.{zone.Origin}" : $"it has {versions.Count} TXT records at version.{zone.Origin}; leave one";
        }

        var version = TextOf(versions[0]);
        return version == SchemaVersion ? "" : $"its schema has version '{version}', and only version {SchemaVersion} is understood";
    }

    private static List<string> GroupsOf(ZoneSnapshot zone, int member)
    {
        var node = FindChild(zone, member, "group");
        return node < 0 ? [] : [.. DataAt<TxtData>(zone, node, RecordType.TXT).Select(TextOf).Order(StringComparer.Ordinal)];
    }

    // RFC 9432 §4.3.1: several records say nothing.
    private static DomainName? NewCatalogOf(ZoneSnapshot zone, int member)
    {
        var node = FindChild(zone, member, "coo");
        return node >= 0 && DataAt<PtrData>(zone, node, RecordType.PTR) is [var only] ? only.Target.ToLower() : null;
    }

    private static int FindChild(ZoneSnapshot zone, int parent, string label)
    {
        var name = new LookupName();
        if (!zone.NameOf(parent).TryPrepend(System.Text.Encoding.ASCII.GetBytes(label), out var child))
        {
            return -1;
        }

        name.Set(child.Wire);
        return zone.FindNode(name);
    }

    private static List<T> DataAt<T>(ZoneSnapshot zone, int node, RecordType type)
        where T : RecordData
    {
        var records = new List<T>();
        var rrset = zone.FindRRset(node, type);
        if (rrset >= 0)
        {
            foreach (var wire in new RRsetDataEnumerator(zone.DataOf(zone.RRset(rrset))))
            {
                var reader = new WireReader(wire);
                if (RecordTypes.TryReadData(type, ref reader, out var data) && data is T typed)
                {
                    records.Add(typed);
                }
            }
        }

        return records;
    }

    private static string TextOf(TxtData data) => string.Concat(data.Strings.Select(text => System.Text.Encoding.UTF8.GetString(text.Span)));

    private static string Escaped(DomainName name)
    {
        DomainName.TryFromWire([.. name.Wire[..(name.Wire[0] + 1)], 0], out var label);
        return label.ToString()[..^1];
    }
}
