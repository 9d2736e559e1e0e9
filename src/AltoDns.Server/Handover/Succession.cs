// The end of a server whose successor is there: it gives its sockets away, answers until that one does, and ends.

using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using AltoDns.Server.Control;
using AltoDns.Server.Listening;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Handover;

/// <summary>
/// successor ── hand-over ──> this one stops all that writes, sends its sockets, goes on answering
/// successor ── end ────────> this one stops answering and ends, which closes the connection
/// successor breaks off ────> this one goes on answering, and says that it follows no changes any more
/// </summary>
public sealed class Succession(DnsServer server, ILogger<Succession> logger) : IDisposable
{
    /// <summary>What the successor asks first.</summary>
    public const string Command = "hand-over";

    /// <summary>What it says when it answers queries itself.</summary>
    public const string EndCommand = "end";

    private readonly CancellationTokenSource _ended = new();
    private Socket? _successor;
    private int _begun;

    /// <summary>Stops all that changes anything; set before the first successor may come.</summary>
    public Func<Task>? StopWriting { get; set; }

    /// <summary>Signalled when the successor answers.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Hands over on a connection, which the succession owns from now on. Returns when the successor answers or has broken off.</summary>
    public async Task RunAsync(Socket successor)
    {
        if (StopWriting is not { } stopWriting || !OperatingSystem.IsLinux() || Interlocked.Exchange(ref _begun, 1) != 0)
        {
            await AnswerAsync(successor, new ControlResponse { Error = "Another process is taking over already, or this system cannot hand sockets over." });
            successor.Dispose();
            return;
        }

        _successor = successor;
        var process = PeerOf(successor);
        logger.SuccessorCame(process);
        try
        {
            await stopWriting();
            var sockets = server.Sockets.ToList();
            await AnswerAsync(successor, new ControlResponse { Handover = new HandoverStatus(Environment.ProcessId, sockets.Count) });
            foreach (var chunk in sockets.Chunk(DescriptorMessage.MaxDescriptors))
            {
                DescriptorMessage.Send(successor, "s"u8, [.. chunk.Select(socket => (SafeHandle)socket.SafeHandle)]);
            }

            await WaitForEndAsync(successor);
            server.LeavesQueues = true;
            logger.HandedOver(process);
            await _ended.CancelAsync();
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            logger.SuccessorBrokeOff(process, exception.Message.TrimEnd('.'));
            successor.Dispose();

            // The next one may come.
            Volatile.Write(ref _begun, 0);
        }
    }

    public void Dispose()
    {
        _successor?.Dispose();
        _ended.Dispose();
    }

    private static async Task AnswerAsync(Socket successor, ControlResponse response)
    {
        await successor.SendAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(response, ControlShapes.Default.ControlResponse), (byte)'\n']);
    }

    // It loads its zones meanwhile, however long that takes.
    private static async Task WaitForEndAsync(Socket successor)
    {
        var buffer = new byte[256];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await successor.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                throw new IOException("it closed the connection");
            }

            length += read;
            if (buffer[length - 1] == '\n')
            {
                return;
            }
        }

        throw new IOException("it says what nobody understands");
    }

    private static int PeerOf(Socket successor)
    {
        // SO_PEERCRED: process, user, group.
        Span<byte> credentials = stackalloc byte[12];
        try
        {
            successor.GetRawSocketOption(1, 17, credentials);
            return MemoryMarshal.Read<int>(credentials);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
