// A resolver over TLS: nobody on the way sees or changes what is asked (RFC 7858, strict profile of RFC 8310 §5).

using System.Net.Security;
using System.Net.Sockets;

namespace AltoDns.Discovery.Resolving;

internal sealed class TlsUpstream : Upstream
{
    /// <summary>Queries are padded to multiples of this, so that their length says little (RFC 8467 §4.1).</summary>
    public const int PaddingBlock = 128;

    private static readonly SslApplicationProtocol DnsOverTls = new("dot");

    private readonly StreamChannel _channel;

    public TlsUpstream(ResolverAddress address, ResolverOptions options)
        : base(address, options) =>
        _channel = new StreamChannel(options.Time, ConnectAsync);

    public override ValueTask DisposeAsync() => _channel.DisposeAsync();

    protected override async Task<Exchange> AskAsync(Query query, TimeSpan limit, CancellationToken cancellationToken)
    {
        // A handshake takes round trips of its own; a slow first answer is no reason to give up the connection.
        var patience = limit < Options.FirstTimeout * 2 ? Options.FirstTimeout * 2 : limit;
        var form = new QueryForm(HasEdns: true, MixesCase: false, default, PaddingBlock);
        return new Exchange(await _channel.AskAsync(query, form, patience, cancellationToken), null);
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var endpoint = Address.Endpoint!;
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        NetworkStream? stream = null;
        SslStream? secured = null;
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            stream = new NetworkStream(socket, ownsSocket: true);
            secured = new SslStream(stream, leaveInnerStreamOpen: false);
            await secured.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = Address.ServerName,
                    ApplicationProtocols = [DnsOverTls],
                    RemoteCertificateValidationCallback = Options.CertificateValidation,
                },
                cancellationToken);
            return secured;
        }
        catch
        {
            secured?.Dispose();
            stream?.Dispose();
            socket.Dispose();
            throw;
        }
    }
}
