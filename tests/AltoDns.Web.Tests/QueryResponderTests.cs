// Queries over HTTPS: the same answers as over UDP, and the statuses of RFC 8484.

using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Testing;
using AltoDns.Web.Serving;
using AltoDns.Web.Tests.Support;

namespace AltoDns.Web.Tests;

public sealed class QueryResponderTests
{
    private const string Covered = "77.2.0.192.in-addr.arpa.";

    [Theory]
    [InlineData(Covered, RecordType.NAPTR, 3600)]
    [InlineData(Covered, RecordType.A, 300)]
    [InlineData("nowhere.example.", RecordType.A, 0)]
    public async Task Answers_by_both_methods_as_over_udp(string name, RecordType type, int lifetime)
    {
        await using var server = await TestWebServer.StartAsync();
        var query = TestWebServer.Query(name, type);
        var expected = await server.AskAsync(query);

        using var posted = await server.PostAsync(query);
        using var got = await server.Client.GetAsync(new Uri(server.Queries, $"?dns={Base64Url.EncodeToString(query)}"));

        foreach (var response in new[] { posted, got })
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("application/dns-message", response.Content.Headers.ContentType?.ToString());
            Assert.Equal(TimeSpan.FromSeconds(lifetime), response.Headers.CacheControl?.MaxAge);
            Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync());
        }

        Assert.Equal(HttpVersion.Version20, posted.Version);
    }

    [Fact]
    public async Task Refuses_what_is_no_query_by_its_status()
    {
        await using var server = await TestWebServer.StartAsync();
        var query = TestWebServer.Query(Covered, RecordType.NAPTR);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await server.PostAsync(query, "text/plain")).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await server.PostAsync(query, "application/dns-message2")).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.PostAsync(new byte[65_536])).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.PostAsync([])).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.PostAsync(query[..11])).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Client.GetAsync(server.Queries)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Client.GetAsync(new Uri(server.Queries, "?dns=***"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync(new Uri(server.Queries, "/other"))).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await server.Client.DeleteAsync(server.Queries)).StatusCode);
    }

    [Fact]
    public async Task Answers_no_transfer()
    {
        await using var server = await TestWebServer.StartAsync();

        using var response = await server.PostAsync(TestWebServer.Query("2.0.192.in-addr.arpa.", RecordType.AXFR));

        MessageHeader.TryRead(await response.Content.ReadAsByteArrayAsync(), out var header);
        Assert.Equal((ResponseCode.Refused, 0), (header.ResponseCode, header.AnswerCount));
    }

    [Fact]
    public async Task Refuses_connections_over_the_clients_share_and_takes_them_again_when_others_have_ended()
    {
        const int Share = 4;
        await using var server = await TestWebServer.StartAsync(connectionsPerClient: Share);
        var endpoint = new IPEndPoint(IPAddress.Loopback, server.Queries.Port);
        var held = new List<TcpClient>();
        for (var i = 0; i < Share; i++)
        {
            held.Add(new TcpClient());
            await held[i].ConnectAsync(endpoint);
        }

        // A connection is taken in the order in which it came, so that these four are counted before.
        using (var over = new TcpClient())
        {
            // It may be reset before this side has noticed that it was open.
            var failure = await Record.ExceptionAsync(async () =>
            {
                await over.ConnectAsync(endpoint);
                _ = await over.GetStream().ReadAsync(new byte[1]);
            });
            Assert.True(failure is IOException or SocketException, failure?.ToString());
        }

        Assert.Contains("altodns_https_sessions_refused_total 1\n", await server.Client.GetStringAsync(new Uri(server.Page, "metrics")), StringComparison.Ordinal);
        held.ForEach(client => client.Dispose());
        await Eventually.IsTrue(() => TryPostAsync(server), "there is room again");
    }

    private static async Task<bool> TryPostAsync(TestWebServer server)
    {
        try
        {
            using var response = await server.PostAsync(TestWebServer.Query(Covered, RecordType.NAPTR));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [Fact]
    public async Task Pads_what_is_asked_with_padding()
    {
        await using var server = await TestWebServer.StartAsync();
        var query = TestWebServer.Query(Covered, RecordType.NAPTR);
        query[11] = 1;

        // OPT with an empty Padding option.
        using var response = await server.PostAsync([.. query, 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 4, 0, 12, 0, 0]);

        Assert.Equal(468, (await response.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task Shows_a_new_certificate_without_a_restart_and_keeps_the_old_one_where_it_is_damaged()
    {
        await using var server = await TestWebServer.StartAsync();
        var query = TestWebServer.Query(Covered, RecordType.NAPTR);
        (await server.PostAsync(query)).Dispose();
        Assert.Equal("CN=first", server.ShownCertificate);

        server.WriteCertificate("second");
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        (await server.PostAsync(query)).Dispose();
        Assert.Equal("CN=second", server.ShownCertificate);

        server.DamageCertificate();
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        (await server.PostAsync(query)).Dispose();
        Assert.Equal("CN=second", server.ShownCertificate);
    }

    [Fact]
    public void Lifetime_is_that_of_the_shortest_lived_answer()
    {
        Assert.Equal(0u, AnswerLifetime.Of([]));
        Assert.Equal(0u, AnswerLifetime.Of(new byte[MessageHeader.Length - 1]));
        Assert.Equal(0u, AnswerLifetime.Of(new byte[MessageHeader.Length]));
    }
}
