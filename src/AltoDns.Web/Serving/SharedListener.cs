// Gives Kestrel the connections of a socket that is not its own: the server bound it, and may hand it over to another process.

using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Listening;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace AltoDns.Web.Serving;

/// <summary>Knows the sockets by their endpoints.</summary>
/// <param name="shares">What each client may have; null for no limit.</param>
internal sealed class SharedListenerFactory(IReadOnlyList<Socket> sockets, ClientShares? shares, ILoggerFactory loggers) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new SharedListener(sockets.First(socket => endpoint.Equals(socket.LocalEndPoint)), shares, loggers));
}

/// <summary>Accepts until it is unbound, and leaves what comes then to whoever else has the socket.</summary>
internal sealed class SharedListener(Socket socket, ClientShares? shares, ILoggerFactory loggers) : IConnectionListener
{
    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(50);

    private readonly SocketConnectionContextFactory _connections = new(new SocketConnectionFactoryOptions(), loggers.CreateLogger<SharedListener>());
    private readonly CancellationTokenSource _unbound = new();

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <returns>Null once it is unbound.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                if (Take(await socket.AcceptAsync(_unbound.Token)) is { } connection)
                {
                    return connection;
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The client gave up before it was accepted.
            }
            catch (SocketException)
            {
                // Most likely the descriptors are used up, of which the DNS side has as few: it says so, and frees some.
                await Task.Delay(ErrorPause, _unbound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) => await _unbound.CancelAsync();

    public ValueTask DisposeAsync()
    {
        _unbound.Cancel();
        _connections.Dispose();
        return ValueTask.CompletedTask;
    }

    private ConnectionContext? Take(Socket accepted)
    {
        try
        {
            accepted.NoDelay = true;
            var client = ((IPEndPoint)accepted.RemoteEndPoint!).Address;
            if (shares is not null && !shares.TryTake(client))
            {
                // At once, and without a trace that would hold a port.
                accepted.LingerState = new LingerOption(enable: true, seconds: 0);
                accepted.Dispose();
                return null;
            }

            var connection = _connections.Create(accepted);
            if (shares is not null)
            {
                connection.ConnectionClosed.Register(() => shares.Return(client));
            }

            return connection;
        }
        catch (SocketException)
        {
            // The client has gone already.
            accepted.Dispose();
            return null;
        }
    }
}
