// The page: what it is told, and what nobody can do by it.

using System.Net;
using System.Text.Json;
using AltoDns.Web.Tests.Support;

namespace AltoDns.Web.Tests;

public sealed class PageTests
{
    [Fact]
    public async Task Explains_an_address_from_what_is_served()
    {
        await using var server = await TestWebServer.StartAsync();

        using var explained = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri(server.Page, "explain.json?address=192.0.2.77")));

        var root = explained.RootElement;
        Assert.Equal("https://alto.isp.example/ird", Assert.Single(root.GetProperty("servers").EnumerateArray()).GetString());
        Assert.Equal($"dig @127.0.0.1 -p {server.Endpoint.Port} -x 192.0.2.77 NAPTR", root.GetProperty("dig").GetString());
        Assert.EndsWith("isp.yaml:6:16", root.GetProperty("explanation").GetProperty("assignment").GetProperty("place").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explains_from_the_policy_after_reloads_that_found_it_changed_and_unchanged()
    {
        await using var server = await TestWebServer.StartAsync();
        foreach (var (change, prefix) in new[] { ("", "192.0.2.0/25"), ("", "192.0.2.0/25"), ("192.0.2.0/26", "192.0.2.0/26"), ("", "192.0.2.0/26") })
        {
            await server.ReloadAsync(change.Length == 0 ? null : TestWebServer.Policy.Replace("192.0.2.0/25", change, StringComparison.Ordinal));

            using var explained = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri(server.Page, "explain.json?address=192.0.2.7")));

            Assert.Equal(prefix, explained.RootElement.GetProperty("explanation").GetProperty("assignment").GetProperty("prefix").GetString());
        }
    }

    [Theory]
    [InlineData("address=192.0.2.200", 0)]
    [InlineData("address=203.0.113.1", 0)]
    [InlineData("address=192.0.2.7&port=80", 1)]
    public async Task Explains_what_has_no_server_or_no_rule(string query, int servers)
    {
        await using var server = await TestWebServer.StartAsync();

        using var explained = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri(server.Page, $"explain.json?{query}")));

        Assert.Equal(servers, explained.RootElement.GetProperty("servers").GetArrayLength());
        Assert.NotEqual("", explained.RootElement.GetProperty("explanation").GetProperty("verdict").GetString());
    }

    [Theory]
    [InlineData("address=")]
    [InlineData("address=<script>")]
    [InlineData("address=192.0.2.7&port=70000")]
    [InlineData("address=192.0.2.7&peer=-")]
    [InlineData("address=192.0.2.0/24&port=1")]
    public async Task Says_what_is_wrong_with_a_question(string query)
    {
        await using var server = await TestWebServer.StartAsync();

        using var response = await server.Client.GetAsync(new Uri(server.Page, $"explain.json?{query}"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var fault = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.NotEqual("", fault.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Shows_zones_and_their_health()
    {
        await using var server = await TestWebServer.StartAsync();

        using var status = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri(server.Page, "status.json")));

        var zone = Assert.Single(status.RootElement.GetProperty("zones").EnumerateArray());
        Assert.Equal(("2.0.192.in-addr.arpa.", true, 7), (zone.GetProperty("zone").GetString(), zone.GetProperty("isServed").GetBoolean(), zone.GetProperty("serial").GetInt32()));
    }

    [Fact]
    public async Task Can_only_be_read()
    {
        await using var server = await TestWebServer.StartAsync();
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Options })
        {
            using var request = new HttpRequestMessage(method, server.Page);
            using var response = await server.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        }

        using var head = new HttpRequestMessage(HttpMethod.Head, server.Page);
        using var answered = await server.Client.SendAsync(head);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.Empty(await answered.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync(new Uri(server.Page, "../etc/passwd"))).StatusCode);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST.:9553", HttpStatusCode.OK)]
    [InlineData("192.0.2.1:80", HttpStatusCode.OK)]
    [InlineData("[2001:db8::1]:80", HttpStatusCode.OK)]
    [InlineData("ns1.isp.example", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.evil.example:9553", HttpStatusCode.MisdirectedRequest)]
    public async Task Answers_for_its_own_names_alone(string host, HttpStatusCode status)
    {
        await using var server = await TestWebServer.StartAsync(", names: [NS1.isp.example.]");
        foreach (var path in new[] { "", "metrics", "status.json", "explain.json?address=192.0.2.77" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Page, path)) { Headers = { Host = host } };
            using var response = await server.Client.SendAsync(request);

            Assert.Equal(status, response.StatusCode);
            if (status != HttpStatusCode.OK)
            {
                var text = await response.Content.ReadAsStringAsync();
                Assert.Contains(host.Split(':')[0], text, StringComparison.Ordinal);
                Assert.Contains("http.names", text, StringComparison.Ordinal);
                Assert.DoesNotContain("192.in-addr.arpa", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Answers_for_the_name_of_the_machine()
    {
        await using var server = await TestWebServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Page) { Headers = { Host = $"{Environment.MachineName}:9553" } };

        using var response = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("", "text/html")]
    [InlineData("altodns.js", "text/javascript")]
    [InlineData("plots.js", "text/javascript")]
    [InlineData("altodns.css", "text/css")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Files_come_with_a_policy_that_forbids_scripts_in_markup(string file, string type)
    {
        await using var server = await TestWebServer.StartAsync();

        using var response = await server.Client.GetAsync(new Uri(server.Page, file));

        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        if (type == "text/html")
        {
            var page = await response.Content.ReadAsStringAsync();
            Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<style", page, StringComparison.Ordinal);
            Assert.DoesNotContain("onclick", page, StringComparison.Ordinal);
            Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        }
    }
}
