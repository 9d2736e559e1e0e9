// What watching single questions has to say to an operator: events 1950 to 1969, explained in docs/log-messages.md.

using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Observing.Tap;

internal static partial class TapLog
{
    [LoggerMessage(1950, LogLevel.Information, "Sending dnstap messages to {Path}")]
    public static partial void DnstapConnected(this ILogger logger, string path);

    [LoggerMessage(1951, LogLevel.Warning, "No dnstap messages go to {Path}: {Reason}. Questions are answered; it is tried again each second")]
    public static partial void DnstapFails(this ILogger logger, string path, string reason);

    [LoggerMessage(1952, LogLevel.Information, "Asked: {Question}")]
    public static partial void Asked(this ILogger logger, string question);

    [LoggerMessage(1953, LogLevel.Warning, "Sampled questions cannot be written to {Path}: {Reason}. They are left out until that is better")]
    public static partial void QueryLogFails(this ILogger logger, string path, string reason);
}
