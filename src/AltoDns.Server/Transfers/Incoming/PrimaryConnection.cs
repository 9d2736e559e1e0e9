// A connection to a primary: plain TCP, or TLS as RFC 9103 wants it.

using System.Buffers;
using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AltoDns.Protocol.Messages;
using AltoDns.Server.Access;

namespace AltoDns.Server.Transfers.Incoming;

/// <summary>Messages each way, each with its length before it (RFC 1035 §4.2.2). Failures are <see cref="TransferException"/>s. Not safe for several threads.</summary>
internal sealed class PrimaryConnection : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly TransferLimits _limits;
    private readonly TimeProvider _timeProvider;

    // Several messages are read at once; a whole one always fits.
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(2 * (sizeof(ushort) + ushort.MaxValue));
    private readonly long _began;
    private int _start;
    private int _end;

    private PrimaryConnection(Stream stream, TransferLimits limits, TimeProvider timeProvider)
    {
        _stream = stream;
        _limits = limits;
        _timeProvider = timeProvider;
        _began = timeProvider.GetTimestamp();
    }

    /// <summary>Octets of messages that have come.</summary>
    public long Received { get; private set; }

    public static async Task<PrimaryConnection> OpenAsync(Peer peer, TransferLimits limits, TimeProvider timeProvider, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(limits.Connecting, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var socket = new Socket(peer.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(peer.Endpoint, either.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (peer.Tls is { } tls)
            {
                stream = await SecureAsync(stream, tls, either.Token);
            }

            return new PrimaryConnection(stream, limits, timeProvider);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            if (exception is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new TransferException($"it did not take the connection within {limits.Connecting.TotalSeconds} s", exception);
            }

            throw exception is OperationCanceledException ? exception : Fault(exception);
        }
    }

    /// <summary>Sends a message.</summary>
    /// <param name="framed">Two octets of room, then the message.</param>
    public async Task SendAsync(Memory<byte> framed, CancellationToken cancellation)
    {
        BinaryPrimitives.WriteUInt16BigEndian(framed.Span, (ushort)(framed.Length - sizeof(ushort)));
        await LimitAsync(token => _stream.WriteAsync(framed, token), cancellation);
    }

    /// <summary>The next message, valid until the one after it is asked for.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellation)
    {
        if (!TryTake(out var message))
        {
            await LimitAsync(FillAsync, cancellation);
            TryTake(out message);
        }

        Received += message.Length;
        var elapsed = _timeProvider.GetElapsedTime(_began);
        if (elapsed > _limits.Grace && Received / elapsed.TotalSeconds < _limits.LeastRate)
        {
            throw new TransferException($"it sends less than {_limits.LeastRate} octets a second");
        }

        return message;
    }

    public ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        return _stream.DisposeAsync();
    }

    private static async Task<Stream> SecureAsync(Stream stream, PeerTls tls, CancellationToken cancellation)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        var authorities = new X509Certificate2Collection();
        if (tls.Authorities is { } path)
        {
            authorities.ImportFromPemFile(path);
        }

        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                // RFC 9103 §7.1: TLS 1.3 with the protocol named "dot".
                EnabledSslProtocols = SslProtocols.Tls13,
                ApplicationProtocols = [new SslApplicationProtocol("dot")],
                TargetHost = tls.Name?.TrimEnd('.') ?? "",
                ClientCertificates = tls.Certificate is { } own ? [X509Certificate2.CreateFromPemFile(own)] : null,
                RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(tls, certificate as X509Certificate2, authorities, errors),
            },
            cancellation);
        return secure;
    }

    // RFC 9103 §9.3: all that is asked of the peer has to hold; where nothing is, anybody will do.
    private static bool IsTrusted(PeerTls tls, X509Certificate2? certificate, X509Certificate2Collection authorities, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return false;
        }

        var digest = SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
        if (tls.Pins.Count > 0 && !tls.Pins.Any(pin => pin.Span.SequenceEqual(digest)))
        {
            return false;
        }

        if (tls.Name is null)
        {
            return true;
        }

        if (authorities.Count == 0)
        {
            return errors == SslPolicyErrors.None;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0 && chain.Build(certificate);
    }

    private bool TryTake(out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (_end - _start < sizeof(ushort))
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start));
        if (length < MessageHeader.Length)
        {
            throw new TransferException("it sent a message without a header");
        }

        if (_end - _start < sizeof(ushort) + length)
        {
            return false;
        }

        message = _buffer.AsMemory(_start + sizeof(ushort), length);
        _start += sizeof(ushort) + length;
        return true;
    }

    // Reads until a whole message is there.
    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        while (_end < sizeof(ushort) || _end < sizeof(ushort) + BinaryPrimitives.ReadUInt16BigEndian(_buffer))
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0)
            {
                throw new TransferException("it closed the connection before the end");
            }

            _end += read;
        }
    }

    private async Task LimitAsync(Func<CancellationToken, ValueTask> work, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_limits.Message, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await work(either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new TransferException($"it did not send the next message within {_limits.Message.TotalSeconds} s", exception);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw Fault(exception);
        }
    }

    private static TransferException Fault(Exception exception) => new(
        exception switch
        {
            TransferException known => known.Message,
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "it refuses the connection",
            AuthenticationException => $"TLS failed: {exception.Message.TrimEnd('.')}",
            CryptographicException => $"a certificate cannot be used: {exception.Message.TrimEnd('.')}",
            _ => $"the connection failed: {exception.Message.TrimEnd('.')}",
        },
        exception);
}
