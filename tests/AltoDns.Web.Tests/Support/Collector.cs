// A collector of metrics in this process: keeps the reports that come.

using System.Net;
using System.Net.Sockets;
using System.Text;
using AltoDns.Web.Serving;
using Microsoft.AspNetCore.Http;

namespace AltoDns.Web.Tests.Support;

internal sealed class Collector : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly HttpHost _host;

    public Collector()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen();
        _host = new HttpHost([_socket], terms: null, 16, shares: null, AnswerAsync);
    }

    public Uri Endpoint => new($"http://{_host.Endpoints[0]}/v1/metrics");

    public bool IsBroken { get; set; }

    /// <summary>What the last report says, with octets that are no ASCII as they come.</summary>
    public string? LastReport { get; private set; }

    public string? LastPath { get; private set; }

    public string? LastType { get; private set; }

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector._host.StartAsync(CancellationToken.None);
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await _host.DisposeAsync();
        _socket.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        LastPath = context.Request.Path;
        LastType = context.Request.ContentType;
        LastReport = Encoding.Latin1.GetString(body.ToArray());
        context.Response.StatusCode = IsBroken ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
    }
}
