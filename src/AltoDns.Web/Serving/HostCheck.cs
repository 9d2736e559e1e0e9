// Tells requests that were meant for this server from those that a page of somebody else's had a browser make.

using System.Net;
using Microsoft.AspNetCore.Http;

namespace AltoDns.Web.Serving;

/// <summary>
/// A name that its owner lets lead here (DNS rebinding) would make what this server shows readable for that owner's pages. Such a request
/// still bears the name; addresses cannot be taken in that way.
/// </summary>
/// <param name="names">Names of this server besides <c>localhost</c> and the machine's own.</param>
public sealed class HostCheck(IEnumerable<string> names)
{
    private readonly HashSet<string> _names = new(names.Append("localhost").Append(Environment.MachineName).Select(name => name.TrimEnd('.')), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a request's Host is an address, a name of this server, or not given, which no browser omits.</summary>
    public bool IsMeant(HostString host)
    {
        if (!host.HasValue)
        {
            return true;
        }

        var name = host.Host.TrimEnd('.');
        return _names.Contains(name) || IPAddress.TryParse(name, out _);
    }

    /// <summary>RFC 9110 §15.5.20: says what was asked for, and how to have it answered.</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            $"'{context.Request.Host.Host}' is not a name of this server. Ask by its address, or add the name to 'http.names' in altodns.yaml and restart it.\n",
            context.RequestAborted);
    }
}
