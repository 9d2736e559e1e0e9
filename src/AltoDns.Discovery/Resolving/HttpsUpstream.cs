// A resolver over HTTPS: each query is posted, each response the body of an HTTP response (RFC 8484).

using System.Net;
using System.Net.Http.Headers;

namespace AltoDns.Discovery.Resolving;

internal sealed class HttpsUpstream : Upstream
{
    private const string MediaType = "application/dns-message";

    private readonly HttpClient _client;

    public HttpsUpstream(ResolverAddress address, ResolverOptions options)
        : base(address, options)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10) };
        handler.SslOptions.RemoteCertificateValidationCallback = options.CertificateValidation;
        _client = new HttpClient(handler) { MaxResponseContentBufferSize = ushort.MaxValue, Timeout = Timeout.InfiniteTimeSpan };
    }

    public override ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<Exchange> AskAsync(Query query, TimeSpan limit, CancellationToken cancellationToken)
    {
        // RFC 8484 §4.1: ID 0 lets HTTP caches work; TLS tells whose answer it is.
        var message = QueryMessage.Create(query, new QueryForm(HasEdns: true, MixesCase: false, default, TlsUpstream.PaddingBlock), id: 0);
        var patience = limit < Options.FirstTimeout * 2 ? Options.FirstTimeout * 2 : limit;
        using var deadline = new CancellationTokenSource(patience, Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, Address.Uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ReadOnlyMemoryContent(message.Octets),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaType));
        using var reply = await _client.SendAsync(request, either.Token);
        if (reply.StatusCode != HttpStatusCode.OK || reply.Content.Headers.ContentType?.MediaType is not MediaType)
        {
            return new Exchange(null, $"HTTP {(int)reply.StatusCode} without a DNS message");
        }

        var body = await reply.Content.ReadAsByteArrayAsync(either.Token);
        return ResponseMessage.Read(body, message, default, expectsCookie: false, out var response) == ResponseMatch.Answer
            ? new Exchange(response, null)
            : new Exchange(null, "the body is no answer to the query");
    }
}
