// What updates have to say to an operator: events 1900 to 1999, explained in docs/log-messages.md.

using System.Net;
using AltoDns.Protocol.Names;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Updates;

internal static partial class UpdateLog
{
    [LoggerMessage(1900, LogLevel.Warning, "Refused an update of {Zone} from {Client}, key {Key}: {Reason}. Nothing was changed")]
    public static partial void UpdateRefused(this ILogger logger, DomainName zone, IPAddress client, string key, string reason);

    [LoggerMessage(1901, LogLevel.Warning, "Refused an update from {Client}: {Reason}")]
    public static partial void UpdateNotAuthenticated(this ILogger logger, IPAddress client, string reason);

    [LoggerMessage(1902, LogLevel.Error, "Updates cannot be kept: {Reason}. They are answered SERVFAIL and change nothing until that is better")]
    public static partial void UpdatesNotKept(this ILogger logger, string reason);

    [LoggerMessage(1903, LogLevel.Information, "Updates can be kept again")]
    public static partial void UpdatesKeptAgain(this ILogger logger);

    [LoggerMessage(1904, LogLevel.Error, "{Path} is damaged: {Reason}. It was moved to {MovedTo}; the zones are served without its records")]
    public static partial void StoreMovedAside(this ILogger logger, string path, string reason, string movedTo);

    [LoggerMessage(1905, LogLevel.Information, "Put {Records} dynamic records on {Zones} zones in {Milliseconds} ms")]
    public static partial void LayerApplied(this ILogger logger, long records, int zones, long milliseconds);

    [LoggerMessage(1906, LogLevel.Error, "Applying updates failed in an unexpected way; they are answered SERVFAIL and have changed nothing")]
    public static partial void ApplyingFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1907, LogLevel.Information, "Removed {Records} dynamic records whose time had come")]
    public static partial void RecordsExpired(this ILogger logger, int records);

    [LoggerMessage(1908, LogLevel.Error, "Updates cannot be published: {Reason}. They are answered SERVFAIL and have changed nothing")]
    public static partial void UpdatesNotPublished(this ILogger logger, string reason);
}
