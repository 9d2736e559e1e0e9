// One thread that answers what comes by XDP on one queue of an interface.

using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <summary>Writes each answer over its query's frame and sends that back.</summary>
internal sealed class XdpWorker : DatagramWorker
{
    private const int BatchSize = 64;

    // How many frames ahead of the one at work memory is fetched.
    private const int PrefetchDistance = 4;

    private readonly XdpSocket _socket;
    private readonly byte[] _response;
    private readonly int _longestPacket;
    private ArrivalRate _arrivals;

    /// <param name="socket">The worker owns it.</param>
    /// <param name="source">Interface and queue, for the log.</param>
    /// <param name="longestPacket">Octets of the largest answer with its IP and UDP headers: the interface's MTU.</param>
    public XdpWorker(
        XdpSocket socket,
        string source,
        int longestPacket,
        ListeningOptions options,
        QueryHandler handler,
        TimeProvider timeProvider,
        HandlerFaultLog faultLog,
        ILogger logger)
        : base(source, options, handler, timeProvider, faultLog, logger)
    {
        _socket = socket;
        _longestPacket = Math.Min(longestPacket, XdpSocket.FrameCapacity - DatagramFrame.IPOffset);
        _response = GC.AllocateUninitializedArray<byte>(Math.Max(options.UdpMaxAnswer, SafePayload), pinned: true);
    }

    /// <summary>Never: a frame can be sent by this thread alone, and what is answered later does not come here.</summary>
    protected override PendingAnswer? Defer() => null;

    protected override int Receive()
    {
        var count = _socket.Look();
        if (count == 0 && _arrivals.AreMany)
        {
            // Else the first of the next frames would wake us, and they would be answered in twos and threes.
            _socket.Pause();
            count = _socket.Look();
        }

        while (count == 0 && !IsStopping)
        {
            count = _socket.Wait();
        }

        count = Math.Min(count, BatchSize);
        _arrivals.Add(count, Stopwatch.GetTimestamp());
        return count;
    }

    protected override void Answer(int count)
    {
        var unixTime = UnixTime;
        var queued = 0;
        for (var i = 0; i < Math.Min(PrefetchDistance, count); i++)
        {
            _socket.Prefetch(i);
        }

        for (var i = 0; i < count; i++)
        {
            if (i + PrefetchDistance < count)
            {
                _socket.Prefetch(i + PrefetchDistance);
            }

            if (TryAnswer(i, unixTime))
            {
                queued++;
            }
            else
            {
                _socket.Drop(i);
            }
        }

        _socket.EndBatch(count);
        if (queued > 0)
        {
            var dropped = _socket.Send();
            Tally.SendBufferFull += dropped;
            Tally.Answered += queued - dropped;
        }
    }

    protected override void WakeReader() => _socket.Wake();

    // The thread may still be at work on the frames: the memory is given back when it has ended.
    protected override void Close() => _ = Completion.ContinueWith(
        static (_, socket) => ((XdpSocket)socket!).Dispose(), _socket, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <returns>Whether the frame is an answer now, and among those to send; otherwise the reason is counted.</returns>
    private bool TryAnswer(int index, long unixTime)
    {
        switch (DatagramFrame.Read(_socket.Frame(index), out var datagram))
        {
            case FrameOutcome.Malformed:
                Tally.Malformed++;
                return false;
            case FrameOutcome.InvalidSource:
                Tally.InvalidSource++;
                return false;
        }

        if (!TryProcess(datagram.Payload, _response, datagram.ClientAddress, datagram.ClientPort, unixTime, out var length))
        {
            return false;
        }

        if (length > _longestPacket - datagram.PacketOverhead)
        {
            var room = Math.Min(SafePayload, _longestPacket - datagram.PacketOverhead);
            if (!TryProcess(datagram.Payload, _response.AsSpan(0, room), datagram.ClientAddress, datagram.ClientPort, unixTime, out length, isAgain: true))
            {
                return false;
            }

            Tally.Shortened++;
        }

        if (_socket.TryQueue(index, datagram.HeadersLength + length))
        {
            datagram.TurnAround(_socket.Room(index), _response.AsSpan(0, length));
            return true;
        }

        Tally.SendBufferFull++;
        return false;
    }
}
