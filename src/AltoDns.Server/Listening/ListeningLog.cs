// What listening has to say to an operator: events 1000 to 1099, explained in docs/log-messages.md.

using System.Net;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening;

internal static partial class ListeningLog
{
    [LoggerMessage(1000, LogLevel.Information, "Listening on {Endpoint} (UDP and TCP)")]
    public static partial void ListeningOn(this ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(1001, LogLevel.Information, "{Endpoint} stands for {Addresses}")]
    public static partial void WildcardExpanded(this ILogger logger, IPEndPoint endpoint, string addresses);

    [LoggerMessage(1002, LogLevel.Warning, "Left out {Endpoint}: its address cannot be used yet or any more")]
    public static partial void AddressLeftOut(this ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(1003, LogLevel.Debug, "The UDP receive buffer on {Endpoint} has {Granted} octets; {Wanted} were asked for")]
    public static partial void ReceiveBufferSmall(this ILogger logger, IPEndPoint endpoint, int granted, int wanted);

    [LoggerMessage(1004, LogLevel.Error, "Answering a query failed; the query is dropped. Further failures within a minute are only counted")]
    public static partial void AnsweringFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1005, LogLevel.Error, "Reading from {Source} (UDP) fails again and again: {Reason}. Trying on")]
    public static partial void ReceivingFails(this ILogger logger, object source, string reason);

    [LoggerMessage(1006, LogLevel.Warning, "Accepting connections on {Endpoint} fails: {Reason}. Trying on")]
    public static partial void AcceptingFails(this ILogger logger, IPEndPoint endpoint, string reason);

    [LoggerMessage(1007, LogLevel.Information, "Stopped listening after {UdpAnswers} answers over UDP and {TcpAnswers} over TCP")]
    public static partial void StoppedListening(this ILogger logger, long udpAnswers, long tcpAnswers);

    [LoggerMessage(1008, LogLevel.Warning, "Cut off what was not finished {Seconds} s after the stop began: {Connections} TCP connections")]
    public static partial void CutOff(this ILogger logger, double seconds, int connections);

    [LoggerMessage(1009, LogLevel.Warning, "Datagrams are read one by one, as the system does not permit batches: {Reason}")]
    public static partial void BatchesUnavailable(this ILogger logger, string reason);

    [LoggerMessage(1010, LogLevel.Warning, "{Dropped} UDP answers were dropped because the send buffer was full, and {Failed} because the system refused to send them")]
    public static partial void AnswersDropped(this ILogger logger, long dropped, long failed);

    [LoggerMessage(1011, LogLevel.Information, "Answering by XDP on {Interface}, queues {Queues}: {Endpoints}; the program runs {Place}, frames are {Copied}")]
    public static partial void ListeningByXdp(this ILogger logger, string @interface, string queues, string endpoints, string place, string copied);

    [LoggerMessage(1012, LogLevel.Warning, "No XDP on {Interface}: {Reason}. The UDP sockets answer")]
    public static partial void XdpUnavailable(this ILogger logger, string @interface, string reason);

    [LoggerMessage(1013, LogLevel.Information, "Stopped XDP on {Interface}: {Answered} of {Received} queries were answered, {Malformed} frames were malformed")]
    public static partial void StoppedXdp(this ILogger logger, string @interface, long answered, long received, long malformed);

    [LoggerMessage(1014, LogLevel.Information, "Listening on {Endpoint} (TLS)")]
    public static partial void ListeningWithTls(this ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(1015, LogLevel.Information, "New TLS clients are shown the certificate that {File} has now")]
    public static partial void CertificateLoaded(this ILogger logger, string file);

    [LoggerMessage(1016, LogLevel.Error, "The changed TLS certificate {File} cannot be used: {Reason}. Clients are shown the one before")]
    public static partial void CertificateNotLoaded(this ILogger logger, string file, string reason);
}
