// What the export on each change has to say to an operator: events 1700 to 1799, explained in docs/log-messages.md.

using AltoDns.Protocol.Names;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Exporting;

internal static partial class ExportLog
{
    [LoggerMessage(1700, LogLevel.Information, "Exported {Zone}, serial {Serial}, to {File}")]
    public static partial void ZoneExported(this ILogger logger, DomainName zone, uint serial, string file);

    [LoggerMessage(1701, LogLevel.Error, "Zone {Zone} cannot be exported to {File}: {Reason}. It is tried again at its next change, and in {Minutes} min")]
    public static partial void ExportFailed(this ILogger logger, DomainName zone, string file, string reason, int minutes);

    [LoggerMessage(1702, LogLevel.Information, "The export command for {Zone} is done after {Milliseconds} ms. {Output}")]
    public static partial void HookDone(this ILogger logger, DomainName zone, long milliseconds, string output);

    [LoggerMessage(1703, LogLevel.Error, "The export command for {Zone} failed, exit code {ExitCode}: {Output}. It is run again at the zone's next change, and in {Minutes} min")]
    public static partial void HookFailed(this ILogger logger, DomainName zone, int exitCode, string output, int minutes);

    [LoggerMessage(1704, LogLevel.Error, "The export command for {Zone} was ended after {Seconds} s, or could not be started: {Output}. It is run again at the zone's next change, and in {Minutes} min")]
    public static partial void HookEnded(this ILogger logger, DomainName zone, double seconds, string output, int minutes);

    [LoggerMessage(1705, LogLevel.Warning, "Zone {Zone} is no longer served; its export {File} stays as it is")]
    public static partial void ExportLeftBehind(this ILogger logger, DomainName zone, string file);
}
