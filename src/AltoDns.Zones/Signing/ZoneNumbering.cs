// Gives zones that are not signed their serials, so that none goes back and none changes without need when the program starts again.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>Remembers what it gave out. Not safe for several threads.</summary>
/// <param name="folder">The state folder.</param>
public sealed class ZoneNumbering(string folder, TimeProvider timeProvider)
{
    private readonly SerialStore _store = new(folder);
    private readonly Dictionary<DomainName, (ZoneSnapshot Given, ZoneSnapshot Numbered)> _last = [];

    /// <summary>The zone with the serial that it is to be served with; the same object where it has that already.</summary>
    /// <param name="problems">Where it is noted, as a warning, that the serial cannot be stored.</param>
    public ZoneSnapshot Number(ZoneSnapshot zone, SerialPolicy policy, ProblemList problems)
    {
        if (_last.TryGetValue(zone.Origin, out var last) && ReferenceEquals(last.Given, zone))
        {
            return last.Numbered;
        }

        var numbered = zone;
        try
        {
            numbered = SetSerial(zone, policy, isFirst: last.Given is null);
        }
        catch (KeyStoreException exception)
        {
            problems.Add(exception.Problem with { Severity = Severity.Warning });
        }

        _last[zone.Origin] = (zone, numbered);
        return numbered;
    }

    private ZoneSnapshot SetSerial(ZoneSnapshot zone, SerialPolicy policy, bool isFirst)
    {
        // Of two versions with one content the serial is no matter: the digest leaves it out.
        var digest = ContentDigest.Of(ZoneSerial.Set(zone, 0)).ToArray();
        var stored = _store.Last(zone.Origin);
        if (isFirst && stored is { } serial && _store.DigestOf(zone.Origin).AsSpan().SequenceEqual(digest))
        {
            return WithSerial(zone, serial);
        }

        var next = _store.Next(zone.Origin, policy, zone.Serial, timeProvider.GetUtcNow());
        var numbered = WithSerial(zone, next);
        _store.Save(zone.Origin, next, digest);
        return numbered;
    }

    private static ZoneSnapshot WithSerial(ZoneSnapshot zone, uint serial) => zone.Serial == serial ? zone : ZoneSerial.Set(zone, serial);
}
