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

    [LoggerMessage(1235, LogLevel.Information, "Took over {Kept} signatures of {Zone} from the run before")]
    public static partial void SignaturesTakenOver(this ILogger logger, int kept, DomainName zone);

    [LoggerMessage(1236, LogLevel.Information, "Kept the signatures of {Zone} in {Path}, in {Milliseconds} ms")]
    public static partial void SignaturesKept(this ILogger logger, DomainName zone, string path, long milliseconds);

    [LoggerMessage(1237, LogLevel.Warning, "The signatures of {Zone} cannot be kept in {Path}: {Reason}. The next start may have to make them again")]
    public static partial void SignaturesNotKept(this ILogger logger, DomainName zone, string path, string reason);

    [LoggerMessage(1238, LogLevel.Warning, "The signatures kept in {Path} are not used: {Fault}. The zone is signed anew; the file is now {Aside}")]
    public static partial void SignaturesNotUsed(this ILogger logger, string path, string fault, string aside);

    [LoggerMessage(1239, LogLevel.Information, "Took over {Zone} from the run before as it was: serial {Serial}, {Kept} signatures")]
    public static partial void VersionTakenOver(this ILogger logger, DomainName zone, uint serial, int kept);

    [LoggerMessage(1233, LogLevel.Error, "Looking after the signed zones failed in an unexpected way; it is tried again in a minute")]
    public static partial void RoutineFailed(this ILogger logger, Exception exception);
}
