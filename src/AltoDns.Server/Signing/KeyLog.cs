// What roll-overs have to say to an operator: events 1200 to 1299, explained in docs/log-messages.md.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Keys;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Signing;

internal static partial class KeyLog
{
    private delegate void StepLogger(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    private static readonly StepLogger[] Steps =
    [
        KeyCreated,
        KeySucceeded,
        KeyPublished,
        KeyReady,
        KeySigns,
        KeySignaturesEverywhere,
        DsSubmitted,
        DsSeen,
        DsEverywhere,
        DsVanished,
        DsWithdrawn,
        DsGone,
        KeySignsNoMore,
        KeyUnpublished,
        KeyRemoved,
    ];

    /// <summary>Each step has a message of its own, in the order of <see cref="KeyStep"/>.</summary>
    public static void LogStep(this ILogger logger, KeyEvent step) =>
        Steps[(int)step.Step](logger, step.Role.Abbreviation(), step.Tag, step.Algorithm, step.Zone);

    [LoggerMessage(1200, LogLevel.Error, "{Problem}")]
    public static partial void KeysUnusable(this ILogger logger, Problem problem);

    [LoggerMessage(1201, LogLevel.Warning, "The DS records of {Zone} cannot be asked for: a server of its parent, or a resolver, does not answer")]
    public static partial void ParentSilent(this ILogger logger, DomainName zone);

    [LoggerMessage(1210, LogLevel.Information, "Made {Role} {Tag} (algorithm {Algorithm}) for {Zone}")]
    private static partial void KeyCreated(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1211, LogLevel.Information, "{Role} {Tag} (algorithm {Algorithm}) of {Zone} is to be followed by another")]
    private static partial void KeySucceeded(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1212, LogLevel.Information, "The DNSKEY record of {Role} {Tag} (algorithm {Algorithm}) goes into {Zone}")]
    private static partial void KeyPublished(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1213, LogLevel.Information, "The DNSKEY record of {Role} {Tag} (algorithm {Algorithm}) of {Zone} is in every cache")]
    private static partial void KeyReady(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1214, LogLevel.Information, "{Role} {Tag} (algorithm {Algorithm}) signs {Zone}")]
    private static partial void KeySigns(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1215, LogLevel.Information, "Everything cached of {Zone} has a signature of {Role} {Tag} (algorithm {Algorithm})")]
    private static partial void KeySignaturesEverywhere(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1216, LogLevel.Warning, "The parent of {Zone} is asked for the DS record of {Role} {Tag} (algorithm {Algorithm})")]
    private static partial void DsSubmitted(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1217, LogLevel.Information, "The parent of {Zone} has the DS record of {Role} {Tag} (algorithm {Algorithm})")]
    private static partial void DsSeen(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1218, LogLevel.Information, "The DS record of {Role} {Tag} (algorithm {Algorithm}) of {Zone} is in every cache")]
    private static partial void DsEverywhere(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1219, LogLevel.Warning, "The parent of {Zone} no longer has the DS record of {Role} {Tag} (algorithm {Algorithm}), though it should")]
    private static partial void DsVanished(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1220, LogLevel.Warning, "The parent of {Zone} is asked to remove the DS record of {Role} {Tag} (algorithm {Algorithm})")]
    private static partial void DsWithdrawn(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1221, LogLevel.Information, "The parent of {Zone} no longer has the DS record of {Role} {Tag} (algorithm {Algorithm})")]
    private static partial void DsGone(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1222, LogLevel.Information, "{Role} {Tag} (algorithm {Algorithm}) signs {Zone} no more")]
    private static partial void KeySignsNoMore(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1223, LogLevel.Information, "The DNSKEY record of {Role} {Tag} (algorithm {Algorithm}) leaves {Zone}")]
    private static partial void KeyUnpublished(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);

    [LoggerMessage(1224, LogLevel.Information, "Removed {Role} {Tag} (algorithm {Algorithm}) of {Zone}")]
    private static partial void KeyRemoved(ILogger logger, string role, ushort tag, byte algorithm, DomainName zone);
}
