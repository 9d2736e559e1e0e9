// Takes connections from one listening socket and sets them running.

using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening;

/// <summary>Accepts from <see cref="Start"/> until disposed. It owns the socket, but not the connections.</summary>
internal sealed class TcpAcceptor(
    Socket socket,
    TcpConnectionTable table,
    QueryHandler handler,
    StreamHandler? streamHandler,
    TlsTerms? tls,
    TimeProvider timeProvider,
    HandlerFaultLog faultLog,
    ILogger logger) : IDisposable
{
    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(50);

    private readonly IPEndPoint _endpoint = (IPEndPoint)socket.LocalEndPoint!;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Ends when accepting has.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>The listening socket, owned by the acceptor.</summary>
    public Socket Socket => socket;

    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>Takes no more connections, and leaves those that come to another process that has the socket too.</summary>
    public async Task StopAndLeaveQueueAsync()
    {
        // The socket is closed by nobody but the last process, and not at all while it is used here: closing would end its listening.
        await _stopping.CancelAsync();
        await Completion;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        socket.Dispose();
    }

    private async Task RunAsync()
    {
        var failing = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var accepted = await socket.AcceptAsync(_stopping.Token);
                failing = false;
                Take(accepted);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The client gave up before it was accepted.
                Interlocked.Increment(ref table.Tally.AcceptErrors);
            }
            catch (SocketException exception)
            {
                // Most likely the descriptors are used up: the idlest connection gives back one.
                Interlocked.Increment(ref table.Tally.AcceptErrors);
                table.ShedIdlest();
                if (!failing)
                {
                    logger.AcceptingFails(_endpoint, exception.Message);
                }

                failing = true;
                await Task.Delay(ErrorPause, timeProvider, CancellationToken.None);
            }
        }
    }

    private void Take(Socket accepted)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                // There it comes from the listening socket.
                accepted.NoDelay = true;
            }

            var client = (IPEndPoint)accepted.RemoteEndPoint!;
            var connection = new TcpConnection(new ConnectionChannel(accepted, tls), client, table, handler, streamHandler, timeProvider, faultLog);
            if (table.TryAdd(connection))
            {
                connection.Start();
            }
            else
            {
                ConnectionChannel.Reset(accepted);
            }
        }
        catch (SocketException)
        {
            // The client has gone already.
            accepted.Dispose();
        }
    }
}
