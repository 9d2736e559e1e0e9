// What taking over from another process has to say to an operator: events 2100 to 2149, explained in docs/log-messages.md.

using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Handover;

internal static partial class HandoverLog
{
    [LoggerMessage(2100, LogLevel.Information, "Took over {Count} sockets from process {Process}, with the queries that waited in them")]
    public static partial void TookOver(this ILogger logger, int count, int process);

    [LoggerMessage(2101, LogLevel.Information, "Process {Process} is about to take over: what is served stays as it is now, updates and reloads are left to it")]
    public static partial void SuccessorCame(this ILogger logger, int process);

    [LoggerMessage(2102, LogLevel.Information, "Process {Process} answers now; this one ends")]
    public static partial void HandedOver(this ILogger logger, int process);

    [LoggerMessage(2103, LogLevel.Error, "Process {Process} broke off before it answered: {Reason}. This one goes on answering with what it has, but follows no changes: restart it")]
    public static partial void SuccessorBrokeOff(this ILogger logger, int process, string reason);

    [LoggerMessage(2104, LogLevel.Information, "Goes on with {Count} sockets that the service manager kept, and the queries that waited in them")]
    public static partial void KeptSockets(this ILogger logger, int count);

    [LoggerMessage(2105, LogLevel.Warning, "The service manager cannot be told: {Reason}")]
    public static partial void ManagerNotTold(this ILogger logger, string reason);

    [LoggerMessage(2106, LogLevel.Error, "A UDP thread has not turned to its socket for {Seconds} s; the service manager is not told that all is well")]
    public static partial void NotTurning(this ILogger logger, double seconds);

    [LoggerMessage(2107, LogLevel.Information, "There is no server to take over from at {Path}; starting as usual")]
    public static partial void NoPredecessor(this ILogger logger, string path);
}
