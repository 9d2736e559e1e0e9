// What outgoing transfers have to say to an operator: events 1500 to 1519, explained in docs/log-messages.md.

using System.Net;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Access;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Transfers.Outgoing;

internal static partial class TransferLog
{
    [LoggerMessage(1500, LogLevel.Information, "Sent {Type} of zone {Zone} serial {Serial} to {Client}: {Records} records in {Messages} messages of {Octets} octets, {Milliseconds} ms")]
    public static partial void TransferSent(
        this ILogger logger, RecordType type, DomainName zone, uint serial, IPAddress client, long records, int messages, long octets, long milliseconds);

    [LoggerMessage(1501, LogLevel.Warning, "{Type} of zone {Zone} serial {Serial} to {Client} was broken off after {Messages} messages, {Milliseconds} ms")]
    public static partial void TransferBrokenOff(
        this ILogger logger, RecordType type, DomainName zone, uint serial, IPAddress client, int messages, long milliseconds);

    [LoggerMessage(1502, LogLevel.Warning, "{Client} asked to transfer {Zone} with key {Key} and got {ResponseCode}. Further refusals to it are not logged for a minute")]
    public static partial void TransferRefused(this ILogger logger, IPAddress client, DomainName zone, string key, string responseCode);

    [LoggerMessage(1503, LogLevel.Warning, "Zone {Zone} was changed without a new serial: secondaries that have {Serial} do not notice")]
    public static partial void SerialUnchanged(this ILogger logger, DomainName zone, uint serial);

    [LoggerMessage(1504, LogLevel.Warning, "{Fault} Secondaries that are behind get whole zones")]
    public static partial void HistoryFault(this ILogger logger, string fault);

    [LoggerMessage(1505, LogLevel.Warning, "{Peer} answered the NOTIFY of zone {Zone} serial {Serial} with {ResponseCode}")]
    public static partial void NotifyRefused(this ILogger logger, Peer peer, DomainName zone, uint serial, string responseCode);

    [LoggerMessage(1506, LogLevel.Warning, "{Peer} did not answer {Attempts} NOTIFY messages of zone {Zone}. It learns of the change when it asks by itself")]
    public static partial void NotifyUnanswered(this ILogger logger, Peer peer, DomainName zone, int attempts);

    public static void TransferRefused(this ILogger logger, IPAddress client, DomainName zone, DomainName? key, ResponseCode code) =>
        logger.TransferRefused(client, zone, key?.ToString() ?? "none", code.Mnemonic());
}
