// The UDP engine of Linux: reads many datagrams with one system call and sends their answers with another.

using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening.Linux;

/// <summary>Answers from the address that was asked where its socket tells the destination of each datagram.</summary>
internal sealed class BatchUdpWorker : UdpWorker
{
    private readonly MessageBatch _batch;
    private int _handled;

    /// <param name="socket">Bound to an address or a wildcard; the worker owns it, unless other workers share it.</param>
    public BatchUdpWorker(
        Socket socket, ListeningOptions options, QueryHandler handler, TimeProvider timeProvider, HandlerFaultLog faultLog, ILogger logger)
        : base(socket, options, handler, timeProvider, faultLog, logger) =>
        _batch = new MessageBatch(
            options.BatchCalls,
            Math.Clamp(options.UdpBatchSize, 1, NativeMethods.MaxBatch),
            Math.Max(options.UdpMaxAnswer, SafePayload),
            socket.AddressFamily);

    protected override PendingAnswer Defer() => _batch.Defer(_handled, Socket.SafeHandle);

    protected override int Receive()
    {
        var count = _batch.Receive(Socket.SafeHandle, waits: !IsStopping || !LeavesQueue);
        if (!_batch.IsShutDown)
        {
            return count;
        }

        return IsStopping ? 0 : throw new SocketException((int)SocketError.Shutdown);
    }

    protected override void Answer(int count)
    {
        var unixTime = UnixTime;
        for (var i = 0; i < count; i++)
        {
            _handled = i;
            if (_batch.ClientPort(i) == 0)
            {
                Tally.InvalidSource++;
            }
            else if (TryProcess(_batch.Request(i), _batch.Response(i), _batch.ClientAddress(i), _batch.ClientPort(i), unixTime, out var length))
            {
                _batch.Queue(i, length);
            }
        }

        SendQueued(unixTime);
    }

    private void SendQueued(long unixTime)
    {
        var next = 0;
        var shortened = -1;
        while (next < _batch.Queued)
        {
            var sent = _batch.Send(Socket.SafeHandle, next, out var error);
            Tally.Answered += sent;
            next += sent;
            switch (error)
            {
                case 0 or NativeError.Interrupted:
                    break;
                case NativeError.MessageTooLong when shortened != next:
                    shortened = next;
                    next += TryShorten(next, unixTime) ? 0 : 1;
                    break;
                case NativeError.WouldBlock or NativeError.NoBufferSpace:
                    Tally.SendBufferFull += _batch.Queued - next;
                    return;
                default:
                    Tally.SendFailed++;
                    next++;
                    break;
            }
        }
    }

    private bool TryShorten(int answer, long unixTime)
    {
        var question = _handled = _batch.QuestionOf(answer);
        if (!TryProcess(
            _batch.Request(question),
            _batch.Response(question)[..SafePayload],
            _batch.ClientAddress(question),
            _batch.ClientPort(question),
            unixTime,
            out var length,
            isAgain: true))
        {
            return false;
        }

        Tally.Shortened++;
        _batch.Resize(answer, length);
        return true;
    }
}
