// The answer to one datagram, sent from another thread than its request was read by.

using System.Net;
using System.Net.Sockets;

namespace AltoDns.Server.Listening;

/// <param name="socket">The one that the request came by, bound to one address.</param>
/// <param name="client">A copy: the worker uses its own again.</param>
internal sealed class PendingDatagram(Socket socket, SocketAddress client) : PendingAnswer
{
    public override void Complete(ReadOnlySpan<byte> response)
    {
        try
        {
            socket.SendTo(response, SocketFlags.None, client);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client asks again, as for any datagram that was lost.
        }
    }

    /// <summary>A copy of an address.</summary>
    public static SocketAddress Copy(SocketAddress address)
    {
        var copy = new SocketAddress(address.Family, SocketAddress.GetMaximumAddressSize(address.Family)) { Size = address.Size };
        address.Buffer.Span[..address.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }
}
