// Tells the operator when metrics stop reaching the collector and when they do again; the library that sends them is silent.

using AltoDns.Web.Serving;
using Microsoft.Extensions.Logging;

namespace AltoDns.Web.Exporting;

/// <summary>One line for each change, however many reports fail.</summary>
internal sealed class ReportWatcher(Uri endpoint, ILogger logger) : DelegatingHandler(new SocketsHttpHandler())
{
    private bool? _arrives;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Note(base.Send(request, cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Note(exception.Message);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Note(await base.SendAsync(request, cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Note(exception.Message);
            throw;
        }
    }

    private HttpResponseMessage Note(HttpResponseMessage response)
    {
        Note(response.IsSuccessStatusCode ? null : $"it answers {(int)response.StatusCode} {response.ReasonPhrase}");
        return response;
    }

    private void Note(string? fault)
    {
        var arrives = fault is null;
        if (_arrives == arrives)
        {
            return;
        }

        _arrives = arrives;
        if (arrives)
        {
            logger.ReportArrived(endpoint);
        }
        else
        {
            logger.ReportFailed(endpoint, fault!);
        }
    }
}
