// The octets of one connection, encrypted or not.

using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace AltoDns.Server.Listening;

/// <summary>Owns the socket. One reader and one writer at a time; what ends it may come from any thread.</summary>
/// <param name="tls">Null for a plain connection.</param>
internal sealed class ConnectionChannel(Socket socket, TlsTerms? tls) : IDisposable
{
    private readonly SslStream? _encrypted = tls is null ? null : new SslStream(new NetworkStream(socket, ownsSocket: false));

    public bool IsEncrypted => _encrypted is not null;

    /// <summary>The first octet that comes, encrypted or not, without taking it; 0 at the end of the stream.</summary>
    public async ValueTask<byte> PeekAsync()
    {
        var octet = new byte[1];
        await socket.ReceiveAsync(octet, SocketFlags.Peek);
        return octet[0];
    }

    /// <summary>Reads what comes before anything is encrypted.</summary>
    public ValueTask<int> ReceivePlainAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer, SocketFlags.None);

    /// <summary>Agrees on keys with the client; false where that fails.</summary>
    public async Task<bool> TryAuthenticateAsync()
    {
        try
        {
            await _encrypted!.AuthenticateAsServerAsync(tls!.Current);
            return true;
        }
        catch (AuthenticationException)
        {
            return false;
        }
    }

    /// <returns>Octets read; 0 at the end of the stream, and for an empty buffer once there is something to read.</returns>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) =>
        _encrypted is null ? socket.ReceiveAsync(buffer, SocketFlags.None) : _encrypted.ReadAsync(buffer);

    /// <returns>Octets that the system took, at least one.</returns>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> octets) =>
        _encrypted is null ? socket.SendAsync(octets, SocketFlags.None) : SendEncryptedAsync(_encrypted, octets);

    /// <summary>Lets the reader have what is queued, then the end of the stream.</summary>
    public void EndReceiving()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // There a shutdown does not wake a pending read.
                socket.Dispose();
            }
            else
            {
                socket.Shutdown(SocketShutdown.Receive);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Closes by a reset, so that the system holds nothing back.</summary>
    public void Reset() => Reset(socket);

    /// <inheritdoc cref="Reset()"/>
    public static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }

        socket.Dispose();
    }

    public void Dispose()
    {
        _encrypted?.Dispose();
        socket.Dispose();
    }

    private static async ValueTask<int> SendEncryptedAsync(SslStream stream, ReadOnlyMemory<byte> octets)
    {
        await stream.WriteAsync(octets);
        return octets.Length;
    }
}
