// What signing has to say to an operator: events 1230 to 1259, explained in docs/log-messages.md.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Signing;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Signing;

internal static partial class SigningLog
{
    [LoggerMessage(1230, LogLevel.Information, "Signed {Zone}, serial {Serial}: made {Made} signatures and verified the zone in {Milliseconds} ms")]
    public static partial void ZoneSigned(this ILogger logger, DomainName zone, uint serial, int made, long milliseconds);

    [LoggerMessage(1231, LogLevel.Error, "{Problem} What was signed before is still served")]
    public static partial void SigningAgainFailed(this ILogger logger, Problem problem);

    [LoggerMessage(1232, LogLevel.Warning, "The clock went back by {Time}. Signatures that do not hold yet are made anew")]
    public static partial void ClockWentBack(this ILogger logger, TimeSpan time);

    [LoggerMessage(1234, LogLevel.Warning, "Zone {Zone} comes signed and is served as it is, but is not valid: {Faults}")]
    public static partial void ForeignZoneFaulty(this ILogger logger, DomainName zone, VerificationResult faults);

    [LoggerMessage(1233, LogLevel.Error, "Looking after the signed zones failed in an unexpected way; it is tried again in a minute")]
    public static partial void RoutineFailed(this ILogger logger, Exception exception);
}
