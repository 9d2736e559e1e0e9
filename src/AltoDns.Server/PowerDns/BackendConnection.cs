// One connection of PowerDNS: requests are lines, each is answered before the next is read.

using System.Buffers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.PowerDns;

/// <summary>Owns the socket. A request that fails is answered with the failure; only one that has no end closes the connection.</summary>
internal sealed class BackendConnection(Socket socket, RemoteBackend backend, PowerDnsOptions options, OncePerMinute quiet, ILogger logger)
{
    // A reply that was long is not worth its memory for the short ones that follow.
    private const int KeptReply = 1 << 16;

    private ArrayBufferWriter<byte> _reply = new();

    /// <summary>Ends when the other side closes, or the server stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using (socket)
        {
            try
            {
                await AnswerLinesAsync(stopping);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // PowerDNS went away, or this program does.
            }
        }
    }

    private async Task AnswerLinesAsync(CancellationToken stopping)
    {
        var buffer = new byte[options.MaxRequest];
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), stopping);
            if (received == 0)
            {
                return;
            }

            length += received;
            var start = 0;
            while (buffer.AsSpan(start, length - start).IndexOf((byte)'\n') is var end and >= 0)
            {
                Answer(buffer.AsMemory(start, end));
                start += end + 1;
                await SendAsync(stopping);
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            if (length == buffer.Length)
            {
                var reason = $"a request is longer than {options.MaxRequest} octets";
                Note(nameof(PowerDnsLog.BackendRequestMalformed), () => logger.BackendRequestMalformed(reason));
                RemoteBackend.WriteFailure(_reply, reason);
                await SendAsync(stopping);
                return;
            }
        }
    }

    private void Answer(ReadOnlyMemory<byte> line)
    {
        if (line.Span.Trim(" \t\r"u8).IsEmpty)
        {
            return;
        }

        try
        {
            var outcome = backend.Answer(line, _reply, out var note);
            if (outcome == BackendOutcome.Malformed)
            {
                Note(nameof(PowerDnsLog.BackendRequestMalformed), () => logger.BackendRequestMalformed(note));
            }
            else if (outcome == BackendOutcome.TooLong)
            {
                Note(nameof(PowerDnsLog.BackendReplyTooLong), () => logger.BackendReplyTooLong(note));
            }
        }
        catch (Exception exception)
        {
            // Whatever it was, PowerDNS waits for a reply and the next request may be a good one.
            Note(nameof(PowerDnsLog.BackendRequestFailed), () => logger.BackendRequestFailed(exception));
            _reply.ResetWrittenCount();
            RemoteBackend.WriteFailure(_reply, "the request failed, see its log");
        }
    }

    private void Note(string kind, Action log)
    {
        if (quiet.MaySpeak(kind))
        {
            log();
        }
    }

    private async Task SendAsync(CancellationToken stopping)
    {
        var rest = _reply.WrittenMemory;
        while (!rest.IsEmpty)
        {
            rest = rest[await socket.SendAsync(rest, stopping)..];
        }

        if (_reply.Capacity > KeptReply)
        {
            _reply = new ArrayBufferWriter<byte>();
        }
        else
        {
            _reply.ResetWrittenCount();
        }
    }
}
