// What the keepers of all secondary zones have in common.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Transferred;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Transfers.Incoming;

/// <param name="Keys">As they are configured now.</param>
/// <param name="Slots">One for each transfer that may run.</param>
/// <param name="Jitter">A factor a little below 1, another each time.</param>
/// <param name="OnChange">Called when a zone has come, has expired or is current again.</param>
internal sealed record IncomingShared(
    TransferredZones Zones,
    Func<IReadOnlyDictionary<DomainName, TsigKey>> Keys,
    TransferLimits Limits,
    SemaphoreSlim Slots,
    TimeProvider TimeProvider,
    Func<double> Jitter,
    Action OnChange,
    IncomingTally Tally,
    ILogger Logger);
