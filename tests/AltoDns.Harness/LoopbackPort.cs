// Finds ports of 127.0.0.1 that are free for UDP and TCP alike, as a DNS server needs them.

using System.Net;
using System.Net.Sockets;

namespace AltoDns.Harness;

public static class LoopbackPort
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A port free at this moment and never returned twice. Another process may still take it: the caller retries.</summary>
    public static int Find()
    {
        while (true)
        {
            using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            datagrams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)datagrams.LocalEndPoint!).Port;
            using var stream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                stream.Bind(new IPEndPoint(IPAddress.Loopback, port));
            }
            catch (SocketException)
            {
                continue;
            }

            lock (Gate)
            {
                if (Given.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
