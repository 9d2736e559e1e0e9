// Makes a catalog zone of the zones that there are (RFC 9432 §4).

using System.Security.Cryptography;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Catalogs;

/// <summary>
/// A member's label is made from the zone's name: it is the same on every machine and after every restart, and no zone can have another's.
/// </summary>
public static class CatalogWriter
{
    private const int LabelOctets = 16;
    private const uint Refresh = 3600;
    private const uint Retry = 600;
    private const uint Expire = 2_147_483_646;
    private const uint Minimum = 0;

    // RFC 9432 §4: the NS record is there for the form, and resolves to nothing.
    private static readonly DomainName Invalid = DomainName.Parse("invalid.");

    /// <summary>The label of a zone's member node: 32 hexadecimal digits.</summary>
    public static string LabelOf(DomainName zone) => Convert.ToHexStringLower(SHA256.HashData(zone.ToLower().Wire)[..LabelOctets]);

    /// <summary>Makes the zone.</summary>
    /// <param name="members">In any order.</param>
    /// <param name="groupOf">The group of a zone; null for none.</param>
    /// <exception cref="ArgumentException">The origin is too long for a member's name below it.</exception>
    public static ZoneSnapshot Write(DomainName catalog, uint serial, IEnumerable<DomainName> members, Func<DomainName, string?> groupOf)
    {
        var builder = new ZoneBuilder(catalog);
        builder.AddRecord(builder.AddName(catalog), 0, new SoaData(Invalid, Invalid, serial, Refresh, Retry, Expire, Minimum));
        builder.AddRecord(builder.AddName(catalog), 0, new NsData(Invalid));
        builder.AddRecord(builder.AddName(Below(catalog, "version")), 0, TxtData.FromText(System.Text.Encoding.ASCII.GetBytes(CatalogDocument.SchemaVersion)));
        var collection = Below(catalog, "zones");
        foreach (var zone in members)
        {
            var member = Below(collection, LabelOf(zone));
            builder.AddRecord(builder.AddName(member), 0, new PtrData(zone));
            if (groupOf(zone) is { } group)
            {
                builder.AddRecord(builder.AddName(Below(member, "group")), 0, TxtData.FromText(System.Text.Encoding.UTF8.GetBytes(group)));
            }
        }

        return builder.Freeze();
    }

    private static DomainName Below(DomainName parent, string label) =>
        parent.TryPrepend(System.Text.Encoding.ASCII.GetBytes(label), out var name)
            ? name
            : throw new ArgumentException($"{parent} is too long for a catalog; choose a shorter name.", nameof(parent));
}
