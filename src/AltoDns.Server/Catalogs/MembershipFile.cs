// The members of catalogs as they are in force, kept in the state folder: only with what was before does a changed label mean something.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Catalogs;

namespace AltoDns.Server.Catalogs;

/// <summary>A line a zone: <c>ZONE CATALOG LABEL NEW-CATALOG GROUP…</c>, a missing new catalog as <c>-</c>, groups in base64.</summary>
internal sealed class MembershipFile(string stateFolder)
{
    private readonly string _path = Path.Combine(stateFolder, "catalogs", "members");

    /// <summary>What was stored last; lines that cannot be read are left out, and their zones count as new.</summary>
    public CatalogMemberships Read()
    {
        var zones = new Dictionary<DomainName, CatalogMembership>();
        try
        {
            foreach (var line in File.Exists(_path) ? File.ReadAllLines(_path) : [])
            {
                if (Parse(line) is { } membership)
                {
                    zones[membership.Member.Zone] = membership;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return CatalogMemberships.None;
        }

        return new CatalogMemberships(zones);
    }

    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(CatalogMemberships memberships)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        Zones.Exporting.ExportFolder.Replace(_path, output =>
        {
            foreach (var (zone, membership) in memberships.Zones.OrderBy(entry => entry.Key))
            {
                var groups = string.Concat(membership.Member.Groups.Select(group => " " + Convert.ToBase64String(Encoding.UTF8.GetBytes(group))));
                output.Write($"{zone} {membership.Catalog} {membership.Member.Label} {membership.Member.NewCatalog?.ToString() ?? "-"}{groups}\n");
            }
        });
    }

    private static CatalogMembership? Parse(string line)
    {
        var words = line.Split(' ');
        try
        {
            return words.Length < 4
                ? null
                : new CatalogMembership(
                    DomainName.Parse(words[1]),
                    new CatalogMember(
                        DomainName.Parse(words[0]),
                        words[2],
                        [.. words.Skip(4).Select(word => Encoding.UTF8.GetString(Convert.FromBase64String(word)))],
                        words[3] == "-" ? null : DomainName.Parse(words[3])));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
