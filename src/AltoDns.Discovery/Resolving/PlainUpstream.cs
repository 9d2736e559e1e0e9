// A resolver over UDP, and over TCP where UDP does not do.

using System.Net.Sockets;
using System.Security.Cryptography;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;

namespace AltoDns.Discovery.Resolving;

internal sealed class PlainUpstream : Upstream
{
    // Someone forges, or the server changes letters: as long as that may go on, nothing is gained by asking over UDP first.
    private static readonly TimeSpan DoubtTime = TimeSpan.FromMinutes(1);

    private readonly UdpPorts _ports;
    private readonly StreamChannel _tcp;
    private readonly byte[] _clientCookie = RandomNumberGenerator.GetBytes(ServerCookie.ClientLength);
    private byte[]? _cookie;
    private bool _refusesEdns;
    private long _doubtedUntil;

    public PlainUpstream(ResolverAddress address, ResolverOptions options)
        : base(address, options)
    {
        var endpoint = address.Endpoint!;
        _ports = new UdpPorts(endpoint);
        _tcp = new StreamChannel(options.Time, async cancellationToken =>
        {
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(endpoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        });
    }

    public override async ValueTask DisposeAsync()
    {
        _ports.Dispose();
        await _tcp.DisposeAsync();
    }

    protected override async Task<Exchange> AskAsync(Query query, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = Options.Time.GetTimestamp();
        if (start < Volatile.Read(ref _doubtedUntil))
        {
            return new Exchange(await AskByTcpAsync(query, limit, cancellationToken), null);
        }

        var response = await AskByUdpAsync(query, limit, cancellationToken);
        for (var repeats = 0; !response.IsTruncated && repeats < 2; repeats++)
        {
            if (response is { ResponseCode: ResponseCode.FormatError or ResponseCode.NotImplemented, HasEdns: false } && !_refusesEdns)
            {
                _refusesEdns = true; // RFC 6891 §6.2.2
            }
            else if (response.ResponseCode != ResponseCode.BadCookie)
            {
                return new Exchange(response, null);
            }

            // RFC 7873 §5.3: with the cookie that came along, once more.
            response = await AskByUdpAsync(query, Left(), cancellationToken);
        }

        if (!response.IsTruncated && response.ResponseCode != ResponseCode.BadCookie)
        {
            return new Exchange(response, null);
        }

        // Truncated, or something came that may have been forged: TCP cannot be forged from aside.
        return new Exchange(await AskByTcpAsync(query, Left(), cancellationToken), null);

        TimeSpan Left() => limit - Options.Time.GetElapsedTime(start) is var left && left > TimeSpan.Zero ? left : throw new TimeoutException();
    }

    private async Task<ResponseMessage> AskByUdpAsync(Query query, TimeSpan limit, CancellationToken cancellationToken)
    {
        var known = Volatile.Read(ref _cookie);
        var cookie = _refusesEdns ? default : new ReadOnlyMemory<byte>(known ?? _clientCookie);
        var form = new QueryForm(!_refusesEdns, MixesCase: true, cookie, 0);
        var (port, pending) = _ports.Open(id => new PendingQuery(QueryMessage.Create(query, form, id), cookie, known is not null));
        try
        {
            await port.SendAsync(pending, cancellationToken);

            // After something doubtful the true answer gets as long as any; then TCP gets as long again.
            var response = await pending.Task.WaitAsync(limit, Options.Time, cancellationToken);
            if (response.Cookie.Length > ServerCookie.ClientLength)
            {
                Volatile.Write(ref _cookie, response.Cookie);
            }

            return response;
        }
        catch (TimeoutException) when (pending.MetDoubt)
        {
            var response = await AskByTcpAsync(query, limit, cancellationToken);
            Volatile.Write(ref _doubtedUntil, Options.Time.GetTimestamp() + (long)(DoubtTime.TotalSeconds * Options.Time.TimestampFrequency));
            return response;
        }
        finally
        {
            port.Close(pending);
        }
    }

    private Task<ResponseMessage> AskByTcpAsync(Query query, TimeSpan limit, CancellationToken cancellationToken) =>
        _tcp.AskAsync(query, new QueryForm(!_refusesEdns, MixesCase: false, default, 0), limit, cancellationToken);
}
