// Between loading and signing: serials for the zones that secondaries follow.

using AltoDns.Protocol.Names;
using AltoDns.Server.Reloading;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;

namespace AltoDns.Server.Transfers.Outgoing;

/// <summary>Leaves alone the zones that nobody transfers, unless their policy asks for more than the time of their files. One call at a time.</summary>
internal sealed class NumberingStage(ZoneNumbering numbering, TransferOptionsStore options)
{
    /// <summary>The load with its zones numbered; those to be signed get their serials with their signatures.</summary>
    public ZoneLoadResult Number(ZoneLoadResult loaded)
    {
        if (loaded.Zones is not { } zones || !zones.Zones.Any(zone => IsNumbered(loaded, zone.Origin)))
        {
            return loaded;
        }

        var problems = new ProblemList();
        var numbered = zones.Zones
            .Select(zone => IsNumbered(loaded, zone.Origin) ? numbering.Number(zone, loaded.Numbering[zone.Origin], problems) : zone)
            .ToList();
        return loaded with { Zones = new ZoneSet(numbered), Problems = [.. loaded.Problems, .. problems.All] };
    }

    private bool IsNumbered(ZoneLoadResult loaded, DomainName zone) =>
        loaded.Numbering.TryGetValue(zone, out var policy)
        && !loaded.Signing.ContainsKey(zone)
        && (policy != SerialPolicy.FileTime || options.Current.For(zone) is { } transfers && transfers.AllowTransfer.Rules.Count + transfers.Notify.Count > 0);
}
