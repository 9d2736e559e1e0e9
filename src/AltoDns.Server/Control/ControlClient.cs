// Asks a running server over its control socket.

using System.Net.Sockets;
using System.Text.Json;

namespace AltoDns.Server.Control;

/// <summary>Nobody answers at the socket. The message is one line: the path, the reason, the remedy.</summary>
public sealed class NoServerException(string path, string reason, string remedy, Exception inner)
    : Exception($"No server answers at {path}: {reason}. {remedy}", inner);

public static class ControlClient
{
    /// <summary>Sends one request and waits for its response, however long that takes.</summary>
    /// <exception cref="NoServerException">Nobody answers.</exception>
    public static async Task<ControlResponse> AskAsync(string path, ControlRequest request, CancellationToken cancellation)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            using var stream = new NetworkStream(socket);
            await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request, ControlShapes.Default.ControlRequest), cancellation);
            await stream.WriteAsync("\n"u8.ToArray(), cancellation);
            using var reader = new StreamReader(stream);
            var line = await reader.ReadLineAsync(cancellation) ?? throw new IOException("it closed the connection");
            return JsonSerializer.Deserialize(line, ControlShapes.Default.ControlResponse)!;
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new NoServerException(path, "the path is too long for a socket", "Name another with --control, here and for the server.", exception);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new NoServerException(path, "permission is denied", "Ask as the user that the server runs as, or as root.", exception);
        }
        catch (Exception exception) when (exception is SocketException or IOException or JsonException)
        {
            throw new NoServerException(
                path,
                exception is SocketException { SocketErrorCode: SocketError.AddressNotAvailable } ? "there is no socket" : exception.Message.TrimEnd('.'),
                "Start one, or name its socket with --control, its state folder with --state, or its configuration with --config.",
                exception);
        }
    }
}
