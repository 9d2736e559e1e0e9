// Writes the journal as zones are published.

using AltoDns.Server.Reloading;
using AltoDns.Zones.History;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Transfers.Outgoing;

/// <summary>Keeps the history of the zones that anybody may transfer.</summary>
internal sealed class HistoryRecorder(ZoneHistory history, TransferOptionsStore options, ILogger<HistoryRecorder> logger) : IZoneChangeObserver
{
    public void Published(IReadOnlyList<ZoneChange> changes)
    {
        foreach (var change in changes)
        {
            if (change is { Before: { } before, After: { } after } && before.Serial == after.Serial)
            {
                logger.SerialUnchanged(after.Origin, after.Serial);
            }
        }

        history.Record(changes, zone => options.Current.For(zone).AllowTransfer.Rules.Count > 0);
    }
}
