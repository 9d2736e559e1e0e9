// Listens on the control socket: a line with a request, a line with the response, as often as the client likes.

using System.Buffers;
using System.Net.Sockets;
using System.Text.Json;
using AltoDns.Server.Handover;
using AltoDns.Server.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Control;

/// <summary>Where the socket cannot be made the log says so, and the server runs without. What is served never depends on it.</summary>
/// <param name="succession">Null where no successor takes over.</param>
public sealed class ControlServer(ControlOptions options, ControlHandler handler, Succession? succession, ILogger<ControlServer> logger)
    : IHostedService, IServesToTheEnd, IDisposable
{
    private const int MaxRequest = 4096;
    private const int MaxClients = 16;

    // A client that says nothing does not keep a place for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _places = new(MaxClients);
    private ControlSocket? _socket;
    private Task _accepting = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.SocketPath is not { } path)
        {
            return Task.CompletedTask;
        }

        try
        {
            _socket = ControlSocket.Bind(path);
            _accepting = AcceptAsync(_socket.Socket);
        }
        catch (Exception exception) when (exception is IOException or SocketException or UnauthorizedAccessException)
        {
            logger.NoControlSocket(path, exception.Message.TrimEnd('.'));
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        _socket?.Dispose();
        await _accepting;
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _places.Dispose();
    }

    private async Task AcceptAsync(Socket socket)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _places.WaitAsync(_stopping.Token);
                var client = await socket.AcceptAsync(_stopping.Token);
                _ = ServeAsync(client);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                // For want of descriptors, most likely.
                _places.Release();
                logger.ControlFailed(exception);
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxRequest);
        var keepsClient = false;
        try
        {
            while (await ReadLineAsync(client, buffer) is { } line)
            {
                if (succession is not null && Read(buffer.AsMemory(0, line)) is { Command: Succession.Command })
                {
                    keepsClient = true;
                    await succession.RunAsync(client);
                    return;
                }

                var response = await RespondAsync(buffer.AsMemory(0, line));
                var octets = JsonSerializer.SerializeToUtf8Bytes(response, ControlShapes.Default.ControlResponse);
                await SendAsync(client, octets);
                await SendAsync(client, "\n"u8.ToArray());
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone, or the server goes.
        }
        catch (Exception exception)
        {
            logger.ControlFailed(exception);
        }
        finally
        {
            if (!keepsClient)
            {
                client.Dispose();
            }

            ArrayPool<byte>.Shared.Return(buffer);
            _places.Release();
        }
    }

    private async Task<ControlResponse> RespondAsync(ReadOnlyMemory<byte> line) => Read(line) is { } request
        ? await handler.HandleAsync(request)
        : new ControlResponse { Error = "A request is a JSON object with a 'command'." };

    private static ControlRequest? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line.Span, ControlShapes.Default.ControlRequest) is { Command: not null } request ? request : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The octets of the next line without its end; null where the client has no more, or says too much. Nobody sends before he was answered.
    private async Task<int?> ReadLineAsync(Socket client, byte[] buffer)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        patience.CancelAfter(Patience);
        var length = 0;
        while (length < MaxRequest)
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(length, MaxRequest - length), patience.Token);
            if (read == 0)
            {
                return null;
            }

            var end = buffer.AsSpan(length, read).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return length + end;
            }

            length += read;
        }

        return null;
    }

    private async Task SendAsync(Socket client, ReadOnlyMemory<byte> octets)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        patience.CancelAfter(Patience);
        while (!octets.IsEmpty)
        {
            octets = octets[await client.SendAsync(octets, patience.Token)..];
        }
    }
}
