// Adds a catalog zone to the zones that are served, in step with them.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Catalogs;

/// <summary>What an operator says about the catalog that this server makes.</summary>
/// <param name="Catalog">The name of the catalog zone.</param>
/// <param name="Groups">The groups of zones that have one (RFC 9432 §4.3.2).</param>
public sealed record CatalogSource(DomainName Catalog, IReadOnlyDictionary<DomainName, string> Groups);

/// <summary>
/// The serial goes up when the members or their groups change, and only then. It is the time in seconds, or one more than the last where
/// that is later, so that it goes up too where the state folder was lost; with the folder it stays the same after a restart. Used by one load at a time.
/// </summary>
public sealed class CatalogProducer(CatalogSource source, string stateFolder, TimeProvider timeProvider)
{
    private const string Folder = "catalogs";

    private ZoneSnapshot? _last;
    private string? _lastContent;
    private uint? _lastSerial;

    /// <summary>These zones and the catalog that lists them.</summary>
    /// <param name="isCatalog">Whether a zone is a catalog of somebody else's; those are no members.</param>
    /// <exception cref="KeyStoreException">The serial cannot be read or stored.</exception>
    public ZoneSet AddTo(ZoneSet zones, Func<DomainName, bool> isCatalog)
    {
        // A zone that has not come yet, or is too old to be answered from, is a member all the same.
        var members = zones.Zones.Select(zone => zone.Origin).Concat(zones.Unavailable.Keys).Where(origin => origin != source.Catalog && !isCatalog(origin)).Order().ToList();
        var content = Describe(members);
        if (_last is null || content != _lastContent)
        {
            var serial = NextSerial(content);
            _last = CatalogWriter.Write(source.Catalog, serial, members, zone => source.Groups.GetValueOrDefault(zone));
            _lastContent = content;
        }

        return zones.With(zones.Zones.Append(_last));
    }

    private uint NextSerial(string content)
    {
        var path = Path.Combine(stateFolder, Folder, StateFileName.Of(source.Catalog));
        var (storedSerial, storedContent) = _lastSerial is { } known ? (known, _lastContent) : Read(path);
        if (storedSerial is not { } last || storedContent != content)
        {
            var now = unchecked((uint)timeProvider.GetUtcNow().ToUnixTimeSeconds());
            last = storedSerial is { } used && SerialNumber.Compare(now, used) <= 0 ? Math.Max(unchecked(used + 1), 1) : now;
            PrivateFile.MakeFolder(stateFolder);
            PrivateFile.MakeFolder(Path.Combine(stateFolder, Folder));
            PrivateFile.Write(path, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last}\n{content}")));
        }

        _lastSerial = last;
        return last;
    }

    private static (uint? Serial, string? Content) Read(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return (null, null);
            }

            var text = File.ReadAllText(path);
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            return end > 0 && uint.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var serial)
                ? (serial, text[(end + 1)..])
                : throw new KeyStoreException(path, "It does not begin with a serial.", "Write the serial of the catalog that secondaries have, or remove the file.");
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            throw KeyStoreException.CannotRead(path, exception);
        }
    }

    private string Describe(List<DomainName> members) =>
        string.Concat(members.Select(zone => $"{zone.ToLower()} {source.Groups.GetValueOrDefault(zone)}\n"));
}
