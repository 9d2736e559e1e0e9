// A worker that answers the datagrams of a UDP socket; how they are read and written is its engine's affair.

using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening;

/// <summary>What all engines share: the socket, and how its reader is woken.</summary>
internal abstract class UdpWorker : DatagramWorker
{
    /// <param name="socket">Bound; the worker owns it, unless other workers share it.</param>
    protected UdpWorker(
        Socket socket, ListeningOptions options, QueryHandler handler, TimeProvider timeProvider, HandlerFaultLog faultLog, ILogger logger)
        : base(socket.LocalEndPoint!, options, handler, timeProvider, faultLog, logger) => Socket = socket;

    protected Socket Socket { get; }

    protected override void WakeReader()
    {
        if (LeavesQueue)
        {
            // Shutting down would reach those who share the socket; its time limit lets the reader notice.
            return;
        }

        if (!OperatingSystem.IsLinux())
        {
            Socket.Dispose();
            return;
        }

        // The reader gets what is queued, then empty reads. Linux does so although it reports an unconnected socket.
        try
        {
            Socket.Shutdown(SocketShutdown.Receive);
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }

    protected override void Close() => Socket.Dispose();
}
