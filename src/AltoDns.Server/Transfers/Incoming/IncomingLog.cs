// What transfers from primaries have to say to an operator: events 1550 to 1599, explained in docs/log-messages.md.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Server.Access;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Transfers.Incoming;

internal static partial class IncomingLog
{
    [LoggerMessage(1550, LogLevel.Information, "Transferred {Zone}, serial {Serial}, from {Primary} {How}: {Octets} octets in {Milliseconds} ms")]
    public static partial void Transferred(this ILogger logger, DomainName zone, uint serial, Peer primary, string how, long octets, long milliseconds);

    [LoggerMessage(1551, LogLevel.Warning, "Cannot refresh {Zone}: {Faults}. It is tried again")]
    public static partial void RefreshFailed(this ILogger logger, DomainName zone, string faults);

    [LoggerMessage(1552, LogLevel.Warning, "The changes of {Zone} that {Primary} sent cannot be used: {Fault}. The whole zone is transferred instead")]
    public static partial void DeltaBroken(this ILogger logger, DomainName zone, Peer primary, string fault);

    [LoggerMessage(1553, LogLevel.Error, "Zone {Zone} has expired: no primary has confirmed it since {Refreshed:u}. It is answered SERVFAIL until one does")]
    public static partial void Expired(this ILogger logger, DomainName zone, DateTimeOffset refreshed);

    [LoggerMessage(1554, LogLevel.Error, "Zone {Zone} is served but cannot be kept on disk: {Reason}. It is tried again within a minute")]
    public static partial void NotSaved(this ILogger logger, DomainName zone, string reason);

    [LoggerMessage(1555, LogLevel.Error, "Looking after {Zone} failed in an unexpected way; it is tried again")]
    public static partial void RefreshBroke(this ILogger logger, Exception exception, DomainName zone);

    [LoggerMessage(1556, LogLevel.Error, "The file {File} of zone {Zone} is damaged: {Fault}. It was put aside as {PutAside}, and the zone is transferred anew")]
    public static partial void FileDamaged(this ILogger logger, string file, DomainName zone, string fault, string putAside);

    [LoggerMessage(1557, LogLevel.Warning, "The file {File} of zone {Zone} is not whole: {Fault}. What comes before is used")]
    public static partial void FileCutShort(this ILogger logger, string file, DomainName zone, string fault);

    [LoggerMessage(1558, LogLevel.Warning, "Refused a NOTIFY for {Zone} from {Client}: {Reason}. Others from there are not logged for a minute")]
    public static partial void NotifyRejected(this ILogger logger, DomainName zone, IPAddress client, string reason);

    [LoggerMessage(1559, LogLevel.Debug, "{Client} says that there is a new version of {Zone}")]
    public static partial void Notified(this ILogger logger, IPAddress client, DomainName zone);
}
