// Answers DNS queries over HTTPS (RFC 8484): a message in the URL or the body, the answer in the body.

using System.Buffers.Text;
using System.Globalization;
using AltoDns.Protocol.Messages;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing;
using Microsoft.AspNetCore.Http;

namespace AltoDns.Web.Serving;

/// <summary>Safe for any number of requests at once.</summary>
/// <param name="path">Of the URL.</param>
public sealed class QueryResponder(QueryHandler handler, string path, TimeProvider timeProvider)
{
    private const string MediaType = "application/dns-message";

    [ThreadStatic]
    private static byte[]? _scratch;

    /// <summary>What was answered.</summary>
    public SpreadTally Answers { get; } = new();

    public async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path != path)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var isPost = HttpMethods.IsPost(request.Method);
        if (!isPost && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD, POST";
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        if (isPost && !IsMessage(request.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        var message = isPost ? await ReadBodyAsync(request) : ReadUrl(request);
        if (message is { Length: > HttpHost.MaxBody })
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        if (message is null || message.Length < MessageHeader.Length || Answer(message, context.Connection) is not { } response)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        context.Response.ContentType = MediaType;
        context.Response.ContentLength = response.Length;
        context.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"max-age={AnswerLifetime.Of(response)}");
        await context.Response.Body.WriteAsync(response, context.RequestAborted);
    }

    /// <summary>The answer; null where none is given to such a message.</summary>
    private byte[]? Answer(ReadOnlySpan<byte> message, ConnectionInfo connection)
    {
        var client = connection.RemoteIpAddress!;
        Span<byte> address = stackalloc byte[16];
        (client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client).TryWriteBytes(address, out var addressLength);
        var response = _scratch ??= GC.AllocateUninitializedArray<byte>(ushort.MaxValue);
        var tally = Answers.Mine;
        tally.CountReceived(1);
        tally.BeginSample(out var begin);
        int length;
        try
        {
            length = handler(message, response, new QueryContext
            {
                Transport = Transport.Tcp,
                ClientAddress = address[..addressLength],
                ClientPort = (ushort)connection.RemotePort,
                IsEncrypted = true,
                IsHttp = true,
                UnixTime = (uint)timeProvider.GetUtcNow().ToUnixTimeSeconds(),
                Tally = tally,
            });
            tally.EndSample(begin);
        }
        catch
        {
            tally.CountFaults(1);
            throw;
        }

        if (length > 0)
        {
            return response[..length];
        }

        tally.CountSilent();
        return null;
    }

    private static bool IsMessage(string? contentType) =>
        contentType is not null && contentType.AsSpan().TrimStart().StartsWith(MediaType, StringComparison.OrdinalIgnoreCase)
        && contentType.AsSpan().TrimStart()[MediaType.Length..].TrimStart() is [] or [';', ..];

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.ToArray();
    }

    // RFC 8484 §4.1: base64url (RFC 4648 §5) without padding.
    private static byte[]? ReadUrl(HttpRequest request) =>
        request.Query["dns"] is [{ Length: > 0 } text] && Base64Url.IsValid(text, out _) ? Base64Url.DecodeFromChars(text) : null;
}
