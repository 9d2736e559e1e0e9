// The client's end of a DNS connection over TCP.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Support;

internal sealed class TcpClientStream : IDisposable
{
    private readonly Socket _socket;

    public TcpClientStream(IPEndPoint server, IPAddress? from)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (from is not null)
        {
            _socket.Bind(new IPEndPoint(from, 0));
        }

        _socket.Connect(server);
    }

    public static byte[] Frame(params byte[][] messages) =>
        [.. messages.SelectMany(message => (byte[])[(byte)(message.Length >> 8), (byte)message.Length, .. message])];

    public Task SendAsync(byte[] octets) => _socket.SendAsync(octets).InTime();

    /// <summary>Sends without a failure where the server has closed already.</summary>
    public async Task TrySendAsync(byte[] octets)
    {
        try
        {
            await SendAsync(octets);
        }
        catch (SocketException)
        {
        }
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>The next message; null at the end of the stream, also where it is a reset.</summary>
    public async Task<byte[]?> ReceiveAsync() =>
        await ReceiveOctetsAsync(2) is { } prefix ? await ReceiveOctetsAsync(BinaryPrimitives.ReadUInt16BigEndian(prefix)) : null;

    public async Task<byte[]?> AskAsync(byte[] query)
    {
        await TrySendAsync(Frame(query));
        return await ReceiveAsync();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]?> ReceiveOctetsAsync(int count)
    {
        var octets = new byte[count];
        var received = 0;
        while (received < count)
        {
            int read;
            try
            {
                read = await _socket.ReceiveAsync(octets.AsMemory(received)).AsTask().InTime();
            }
            catch (SocketException)
            {
                return null;
            }

            if (read == 0)
            {
                return null;
            }

            received += read;
        }

        return octets;
    }
}
