// What loading and reloading have to say to an operator: events 1100 to 1199, explained in docs/log-messages.md.

using AltoDns.Zones.Configuration;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Reloading;

internal static partial class ReloadingLog
{
    [LoggerMessage(1100, LogLevel.Information, "Loaded the zones from {Files} files in {Milliseconds} ms")]
    public static partial void ZonesLoaded(this ILogger logger, int files, long milliseconds);

    [LoggerMessage(1101, LogLevel.Information, "Loading the zones again: {Reason}")]
    public static partial void Reloading(this ILogger logger, string reason);

    [LoggerMessage(1102, LogLevel.Error, "{Problem}")]
    public static partial void ZoneError(this ILogger logger, Problem problem);

    [LoggerMessage(1103, LogLevel.Warning, "{Problem}")]
    public static partial void ZoneWarning(this ILogger logger, Problem problem);

    [LoggerMessage(1104, LogLevel.Error, "Nothing was loaded: {Errors} errors. The zones loaded before are still served")]
    public static partial void OldZonesKept(this ILogger logger, int errors);

    [LoggerMessage(1105, LogLevel.Critical, "Nothing was loaded: {Errors} errors. There are no zones to serve")]
    public static partial void NoZonesToServe(this ILogger logger, int errors);

    [LoggerMessage(1106, LogLevel.Warning, "Cannot watch {Folder}: {Reason}. Its files are compared every {Seconds} s instead")]
    public static partial void CannotWatch(this ILogger logger, string folder, string reason, double seconds);

    [LoggerMessage(1107, LogLevel.Error, "Loading failed in an unexpected way")]
    public static partial void LoadingFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1108, LogLevel.Error, "Following a change of zones failed in an unexpected way")]
    public static partial void TellingFailed(this ILogger logger, Exception exception);
}
