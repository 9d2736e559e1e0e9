// Looks at zones that come signed from elsewhere: they are served as they are, and what is wrong with them is said.

using System.Runtime.CompilerServices;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Signing;

/// <summary>Checks each version of a zone once, beside serving it: whoever signed it may know why it is as it is.</summary>
internal sealed class ForeignSignatures(TimeProvider timeProvider, ILogger logger)
{
    private readonly ConditionalWeakTable<ZoneSnapshot, object> _seen = [];
    private readonly List<ZoneSnapshot> _waiting = [];

    /// <summary>Notes a zone that is to be served.</summary>
    public void Add(ZoneSnapshot zone)
    {
        if (_seen.TryAdd(zone, zone.Origin))
        {
            _waiting.Add(zone);
        }
    }

    /// <summary>Begins to check what was noted.</summary>
    public void Check()
    {
        ZoneSnapshot[] zones = [.. _waiting];
        _waiting.Clear();
        if (zones.Length > 0)
        {
            _ = Task.Run(() => Array.ForEach(zones, Check));
        }
    }

    private void Check(ZoneSnapshot zone)
    {
        var result = ZoneVerifier.Verify(zone, timeProvider.GetUtcNow());
        if (!result.IsValid)
        {
            logger.ForeignZoneFaulty(zone.Origin, result);
        }
    }
}
