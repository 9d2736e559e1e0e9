// The open UDP ports towards one resolver: each query takes one at random, and none lives long.

using System.Net;
using System.Security.Cryptography;

namespace AltoDns.Discovery.Resolving;

/// <summary>
/// A forger has to guess port, ID and case of letters of a query. A socket for each query would be safest and costs most;
/// a few sockets, changed after <see cref="UdpPort.MaxQueries"/> queries, keep the port as unknown at a fraction of the cost.
/// </summary>
internal sealed class UdpPorts(IPEndPoint server) : IDisposable
{
    private const int Slots = 16;

    private readonly UdpPort?[] _ports = new UdpPort?[Slots];
    private readonly Lock _gate = new();
    private bool _isDisposed;

    /// <summary>A query on a port.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">There is no way to the server, or no port left.</exception>
    public (UdpPort Port, PendingQuery Query) Open(Func<ushort, PendingQuery> create)
    {
        var slot = RandomNumberGenerator.GetInt32(Slots);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            while (true)
            {
                var port = _ports[slot] ??= new UdpPort(server);
                if (port.TryOpen(create) is { } query)
                {
                    return (port, query);
                }

                _ports[slot] = null; // its last query closes it
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var port in _ports)
            {
                port?.Dispose();
            }
        }
    }
}
