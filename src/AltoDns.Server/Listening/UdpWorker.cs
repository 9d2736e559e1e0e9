// One thread that answers the datagrams of one socket: read, answer, send, without allocation.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AltoDns.Server.Answering;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening;

/// <summary>Reads with the synchronous socket calls, which cost less per datagram than the asynchronous ones.</summary>
internal sealed class UdpWorker : IDisposable
{
    // RFC 9715 §3.1, R4: what to shorten an answer to when the interface cannot carry it whole; IPv6's least MTU (1,280) less its headers.
    private const int SafePayload = 1232;

    // How many datagrams that came before the stop are still answered.
    private const int DrainLimit = 10_000;

    private const int ErrorsUntilPause = 100;
    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(50);

    // Where a socket address keeps port and address, on every platform of .NET.
    private const int PortOffset = 2;
    private const int IPv4Offset = 4;
    private const int IPv4Length = 4;
    private const int IPv6Offset = 8;
    private const int IPv6Length = 16;

    private readonly Socket _socket;
    private readonly IPEndPoint _endpoint;
    private readonly QueryHandler _handler;
    private readonly TimeProvider _timeProvider;
    private readonly HandlerFaultLog _faultLog;
    private readonly ILogger _logger;
    private readonly byte[] _request = GC.AllocateUninitializedArray<byte>(ushort.MaxValue, pinned: true);
    private readonly byte[] _response = GC.AllocateUninitializedArray<byte>(ushort.MaxValue, pinned: true);
    private readonly SocketAddress _client;
    private readonly int _addressOffset;
    private readonly int _addressLength;
    private readonly ManualResetEventSlim _stopRequested = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Written by the worker's thread alone, read by anyone.
    private long _received;
    private long _answered;
    private long _invalidSource;
    private long _silent;
    private long _faults;
    private long _sendBufferFull;
    private long _sendFailed;
    private long _shortened;
    private long _receiveErrors;

    private volatile bool _stopping;

    /// <param name="socket">Bound; the worker owns it, unless other workers share it.</param>
    public UdpWorker(Socket socket, QueryHandler handler, TimeProvider timeProvider, HandlerFaultLog faultLog, ILogger logger)
    {
        _socket = socket;
        _endpoint = (IPEndPoint)socket.LocalEndPoint!;
        _handler = handler;
        _timeProvider = timeProvider;
        _faultLog = faultLog;
        _logger = logger;
        _client = new SocketAddress(socket.AddressFamily);
        (_addressOffset, _addressLength) = socket.AddressFamily == AddressFamily.InterNetworkV6
            ? (IPv6Offset, IPv6Length)
            : (IPv4Offset, IPv4Length);
    }

    /// <summary>Ends when the thread has.</summary>
    public Task Completion => _completion.Task;

    public UdpCounters Counters => new(
        Volatile.Read(ref _received),
        Volatile.Read(ref _answered),
        Volatile.Read(ref _invalidSource),
        Volatile.Read(ref _silent),
        Volatile.Read(ref _faults),
        Volatile.Read(ref _sendBufferFull),
        Volatile.Read(ref _sendFailed),
        Volatile.Read(ref _shortened),
        Volatile.Read(ref _receiveErrors));

    /// <param name="name">Of the thread, for debuggers and top.</param>
    public void Start(string name) => new Thread(Run) { IsBackground = true, Name = name }.Start();

    /// <summary>Asks the thread to end once it has answered what the socket holds already; returns at once.</summary>
    public void Stop()
    {
        _stopping = true;
        _stopRequested.Set();
        if (!OperatingSystem.IsLinux())
        {
            _socket.Dispose();
            return;
        }

        try
        {
            // Wakes the reader: it gets what is queued, then empty reads. Linux does so although it reports an unconnected socket.
            _socket.Shutdown(SocketShutdown.Receive);
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>Ends the thread's reading at once.</summary>
    public void Dispose()
    {
        _stopping = true;
        _stopRequested.Set();
        _socket.Dispose();
    }

    private void Run()
    {
        try
        {
            var consecutiveErrors = 0;
            var drained = 0;
            while (true)
            {
                int length;
                try
                {
                    _client.Size = SocketAddress.GetMaximumAddressSize(_client.Family);
                    length = _socket.ReceiveFrom(_request, SocketFlags.None, _client);
                    consecutiveErrors = 0;
                }
                catch (SocketException exception) when (!_stopping)
                {
                    _receiveErrors++;
                    PauseAfter(++consecutiveErrors, exception);
                    continue;
                }

                if (_stopping && (length == 0 || ++drained > DrainLimit))
                {
                    return;
                }

                _received++;
                Answer(_request.AsSpan(0, length));
            }
        }
        catch (Exception exception) when (_stopping && exception is SocketException or ObjectDisposedException)
        {
            // The socket was closed under the reader, which is how a stop reaches it at last.
        }
        finally
        {
            _completion.SetResult();
        }
    }

    private void PauseAfter(int consecutiveErrors, SocketException exception)
    {
        // Single errors are about single clients (ICMP); a socket that only ever fails must not occupy a processor.
        if (consecutiveErrors < ErrorsUntilPause)
        {
            return;
        }

        if (consecutiveErrors == ErrorsUntilPause)
        {
            _logger.ReceivingFails(_endpoint, exception.Message);
        }

        _stopRequested.Wait(ErrorPause);
    }

    private void Answer(ReadOnlySpan<byte> request)
    {
        var client = _client.Buffer.Span;
        if (BinaryPrimitives.ReadUInt16BigEndian(client[PortOffset..]) == 0)
        {
            _invalidSource++;
            return;
        }

        if (!TryProcess(request, _response, out var length))
        {
            return;
        }

        var outcome = Send(_response.AsSpan(0, length));
        if (outcome == SocketError.MessageSize)
        {
            if (!TryProcess(request, _response.AsSpan(0, SafePayload), out length))
            {
                return;
            }

            _shortened++;
            outcome = Send(_response.AsSpan(0, length));
        }

        switch (outcome)
        {
            case SocketError.Success:
                _answered++;
                break;
            case SocketError.TimedOut or SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable:
                _sendBufferFull++;
                break;
            default:
                _sendFailed++;
                break;
        }
    }

    private bool TryProcess(ReadOnlySpan<byte> request, Span<byte> response, out int length)
    {
        length = 0;
        try
        {
            length = _handler(request, response, new QueryContext
            {
                Transport = Transport.Udp,
                ClientAddress = _client.Buffer.Span.Slice(_addressOffset, _addressLength),
                UnixTime = (uint)_timeProvider.GetUtcNow().ToUnixTimeSeconds(),
            });
        }
        catch (Exception exception)
        {
            _faults++;
            _faultLog.Report(exception);
            return false;
        }

        if (length == 0)
        {
            _silent++;
            return false;
        }

        return true;
    }

    private SocketError Send(ReadOnlySpan<byte> response)
    {
        try
        {
            _socket.SendTo(response, SocketFlags.None, _client);
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }
}
