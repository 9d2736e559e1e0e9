// What answering PowerDNS has to say to an operator: events 1600 to 1699, explained in docs/log-messages.md.

using Microsoft.Extensions.Logging;

namespace AltoDns.Server.PowerDns;

internal static partial class PowerDnsLog
{
    [LoggerMessage(1600, LogLevel.Information, "PowerDNS is answered at {Path}")]
    public static partial void AnsweringPowerDns(this ILogger logger, string path);

    [LoggerMessage(1601, LogLevel.Warning, "PowerDNS sent what is no request: {Reason}. Further ones within a minute are only counted")]
    public static partial void BackendRequestMalformed(this ILogger logger, string reason);

    [LoggerMessage(1602, LogLevel.Error, "Answering a request of PowerDNS failed; it was told so. Further failures within a minute are only counted")]
    public static partial void BackendRequestFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1603, LogLevel.Warning, "PowerDNS was refused: {Reason}. Further ones within a minute are only counted")]
    public static partial void BackendReplyTooLong(this ILogger logger, string reason);

    [LoggerMessage(1604, LogLevel.Warning, "A connection of PowerDNS was closed: there are {Connections} already. Further ones within a minute are only counted")]
    public static partial void BackendConnectionsUsedUp(this ILogger logger, int connections);
}
