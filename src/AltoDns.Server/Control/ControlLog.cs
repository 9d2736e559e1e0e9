// What the control socket and the configuration have to say to an operator: events 1400 to 1499, explained in docs/log-messages.md.

using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Control;

internal static partial class ControlLog
{
    [LoggerMessage(1400, LogLevel.Warning, "There is no control socket at {Path}: {Reason}. The server runs without")]
    public static partial void NoControlSocket(this ILogger logger, string path, string reason);

    [LoggerMessage(1401, LogLevel.Critical, "From now on messages of level {Level} and above are logged")]
    public static partial void LogLevelChanged(this ILogger logger, string level);

    [LoggerMessage(1402, LogLevel.Error, "A request by the control socket failed in an unexpected way")]
    public static partial void ControlFailed(this ILogger logger, Exception exception);
}
