// What HTTP has to say to an operator: events 2000 to 2099, explained in docs/log-messages.md.

using System.Net;
using Microsoft.Extensions.Logging;

namespace AltoDns.Web.Serving;

internal static partial class WebLog
{
    [LoggerMessage(2000, LogLevel.Information, "Metrics and the page are at http://{Endpoint}/")]
    public static partial void ServingPage(this ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(2001, LogLevel.Information, "Answering queries over HTTPS at https://{Endpoint}{Path}")]
    public static partial void AnsweringOverHttps(this ILogger logger, IPEndPoint endpoint, string path);

    [LoggerMessage(2002, LogLevel.Error, "A request over HTTP failed in an unexpected way")]
    public static partial void RequestFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2003, LogLevel.Warning, "Metrics do not reach the collector {Endpoint}: {Fault}")]
    public static partial void ReportFailed(this ILogger logger, Uri endpoint, string fault);

    [LoggerMessage(2004, LogLevel.Information, "Metrics reach the collector {Endpoint}")]
    public static partial void ReportArrived(this ILogger logger, Uri endpoint);
}
