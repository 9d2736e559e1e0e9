// Serves what people and programs look at: metrics, the page, and what the page asks for. Nothing can be changed here.

using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AltoDns.Web.Metrics;
using Microsoft.AspNetCore.Http;

namespace AltoDns.Web.Serving;

/// <summary>Safe for any number of requests at once.</summary>
public sealed class PageResponder(ServerReader server, AddressExplainer explainer, HostCheck hosts)
{
    // No script or style but the page's own files, which the browser may ask this server alone for.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly Dictionary<string, (byte[] Octets, string Type)> Files = new(StringComparer.Ordinal)
    {
        ["/"] = (ReadFile("index.html"), "text/html; charset=utf-8"),
        ["/altodns.js"] = (ReadFile("altodns.js"), "text/javascript; charset=utf-8"),
        ["/plots.js"] = (ReadFile("plots.js"), "text/javascript; charset=utf-8"),
        ["/altodns.css"] = (ReadFile("altodns.css"), "text/css; charset=utf-8"),
        ["/icon.svg"] = (ReadFile("icon.svg"), "image/svg+xml"),
    };

    public async Task AnswerAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        if (!hosts.IsMeant(context.Request.Host))
        {
            await HostCheck.RefuseAsync(context);
            return;
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            headers.Allow = "GET, HEAD";
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var path = context.Request.Path.Value ?? "/";
        await (path switch
        {
            "/metrics" => WriteMetricsAsync(context),
            "/status.json" => WriteJsonAsync(context, await server.StatusAsync(), WebShapes.Default.ServerStatus),
            "/rates.json" => WriteJsonAsync(context, RatesJson.Of(await server.ReadAsync()), WebShapes.Default.RatesJson),
            "/explain.json" => ExplainAsync(context),
            _ => WriteFileAsync(context, path),
        });
    }

    private async Task WriteMetricsAsync(HttpContext context)
    {
        var isOpen = context.Request.Headers.Accept.ToString().Contains("application/openmetrics-text", StringComparison.Ordinal);
        context.Response.ContentType = isOpen ? PrometheusText.OpenMetricsContentType : PrometheusText.ContentType;
        await context.Response.WriteAsync(PrometheusText.Write(await server.ReadAsync(), isOpen), context.RequestAborted);
    }

    private Task ExplainAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (explainer.TryExplain(query["address"].ToString(), query["peer"].ToString(), query["port"].ToString(), context.Connection.LocalIpAddress, out var explained, out var fault))
        {
            return WriteJsonAsync(context, explained, WebShapes.Default.ExplainedJson);
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return WriteJsonAsync(context, new FaultJson(fault), WebShapes.Default.FaultJson);
    }

    private static Task WriteFileAsync(HttpContext context, string path)
    {
        if (!Files.TryGetValue(path, out var file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.ContentType = file.Type;
        context.Response.ContentLength = file.Octets.Length;
        return context.Response.Body.WriteAsync(file.Octets, context.RequestAborted).AsTask();
    }

    private static Task WriteJsonAsync<T>(HttpContext context, T value, JsonTypeInfo<T> shape)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, shape, context.RequestAborted);
    }

    private static byte[] ReadFile(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"pages/{name}") ?? throw new InvalidOperationException($"{name} is not in the program.");
        var octets = new MemoryStream();
        resource.CopyTo(octets);
        return octets.ToArray();
    }
}
