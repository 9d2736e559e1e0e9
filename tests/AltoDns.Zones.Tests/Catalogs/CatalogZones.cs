// Catalogs in short form.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Catalogs;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.Catalogs;

internal static class CatalogZones
{
    /// <summary>A catalog from the lines of a master file, without SOA and NS.</summary>
    public static ZoneSnapshot Load(string origin, string text)
    {
        var problems = new ProblemList();
        var draft = new ZoneDraft(new ZoneBuilder(DomainName.Parse(origin)), "catalog", problems);
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes($"$TTL 0\n@ SOA invalid. invalid. 1 3600 600 2147483646 0\n@ NS invalid.\n{text}\n"));
        MasterFileReader.Read(stream, "catalog", DomainName.Parse(origin), problems, draft.Add);
        Assert.False(problems.HasErrors, string.Join('\n', problems.All));
        return draft.Zone.Freeze();
    }

    /// <summary>A good catalog.</summary>
    /// <param name="members">As <c>label=zone group&gt;new-catalog</c>, the last two left out where there is none.</param>
    public static CatalogDocument Of(string origin, params string[] members)
    {
        var text = "version TXT 2\n" + string.Concat(members.Select(member =>
        {
            var (label, rest) = (member.Split('=')[0], member.Split('=')[1]);
            var (named, catalog) = (rest.Split('>')[0], rest.Split('>').ElementAtOrDefault(1));
            var (zone, group) = (named.Split(' ')[0], named.Split(' ').ElementAtOrDefault(1));
            return $"{label}.zones PTR {zone}\n" + (group is null ? "" : $"group.{label}.zones TXT {group}\n") + (catalog is null ? "" : $"coo.{label}.zones PTR {catalog}\n");
        }));
        return CatalogDocument.Read(Load(origin, text), out var fault) ?? throw new FormatException(fault);
    }
}
