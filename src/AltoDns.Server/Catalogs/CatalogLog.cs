// What catalogs of others have to say to an operator: events 1800 to 1899, explained in docs/log-messages.md.

using AltoDns.Protocol.Names;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Catalogs;

internal static partial class CatalogLog
{
    [LoggerMessage(1800, LogLevel.Error, "Catalog {Catalog}, serial {Serial}, is broken: {Fault}. Its last good version stays in force")]
    public static partial void CatalogBroken(this ILogger logger, DomainName catalog, uint serial, string fault);

    [LoggerMessage(1801, LogLevel.Information, "Zone {Zone} comes with catalog {Catalog}")]
    public static partial void MemberAdded(this ILogger logger, DomainName zone, DomainName catalog);

    [LoggerMessage(1802, LogLevel.Information, "Zone {Zone} goes, as no catalog has it any more")]
    public static partial void MemberRemoved(this ILogger logger, DomainName zone);

    [LoggerMessage(1803, LogLevel.Information, "Zone {Zone} begins anew, as catalog {Catalog} has it under another label")]
    public static partial void MemberReset(this ILogger logger, DomainName zone, DomainName catalog);

    [LoggerMessage(1804, LogLevel.Information, "Zone {Zone} has new settings by catalog {Catalog}")]
    public static partial void MemberChanged(this ILogger logger, DomainName zone, DomainName catalog);

    [LoggerMessage(1805, LogLevel.Warning, "A member is passed over: {Conflict}")]
    public static partial void MemberRefused(this ILogger logger, string conflict);

    [LoggerMessage(1806, LogLevel.Error, "The members of catalogs cannot be stored: {Reason}. After a restart a changed label may go unnoticed")]
    public static partial void MembersNotStored(this ILogger logger, string reason);
}
