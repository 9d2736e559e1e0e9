// The UDP engine of every platform: reads, answers and sends one datagram after the other, without allocation.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Listening;

/// <summary>Uses the synchronous socket calls, which cost less per datagram than the asynchronous ones.</summary>
internal sealed class SocketUdpWorker : UdpWorker
{
    // Where a socket address keeps port and address, on every platform of .NET.
    private const int PortOffset = 2;
    private const int IPv4Offset = 4;
    private const int IPv4Length = 4;
    private const int IPv6Offset = 8;
    private const int IPv6Length = 16;

    private readonly byte[] _request = GC.AllocateUninitializedArray<byte>(ushort.MaxValue, pinned: true);
    private readonly byte[] _response;
    private readonly SocketAddress _client;
    private readonly int _addressOffset;
    private readonly int _addressLength;
    private int _requestLength;
    private bool _sendBufferWasFull;

    /// <param name="socket">Bound to one address; the worker owns it, unless other workers share it.</param>
    public SocketUdpWorker(
        Socket socket, ListeningOptions options, QueryHandler handler, TimeProvider timeProvider, HandlerFaultLog faultLog, ILogger logger)
        : base(socket, options, handler, timeProvider, faultLog, logger)
    {
        _response = GC.AllocateUninitializedArray<byte>(Math.Max(options.UdpMaxAnswer, SafePayload), pinned: true);
        _client = new SocketAddress(socket.AddressFamily);
        (_addressOffset, _addressLength) = socket.AddressFamily == AddressFamily.InterNetworkV6
            ? (IPv6Offset, IPv6Length)
            : (IPv4Offset, IPv4Length);
    }

    protected override PendingAnswer Defer() => new PendingDatagram(Socket, PendingDatagram.Copy(_client));

    protected override int Receive()
    {
        _client.Size = SocketAddress.GetMaximumAddressSize(_client.Family);
        if (IsStopping && LeavesQueue && !Socket.Poll(0, SelectMode.SelectRead))
        {
            return 0;
        }

        try
        {
            _requestLength = Socket.ReceiveFrom(_request, SocketFlags.None, _client);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return 0;
        }

        return IsStopping && _requestLength == 0 ? 0 : 1;
    }

    protected override void Answer(int count)
    {
        var client = _client.Buffer.Span;
        if (BinaryPrimitives.ReadUInt16BigEndian(client[PortOffset..]) == 0)
        {
            Tally.InvalidSource++;
            return;
        }

        if (!TryProcess(_response, out var length))
        {
            return;
        }

        // Only the first answer that finds no room waits for the kernel's tick; those after it are dropped at once.
        if (_sendBufferWasFull && !Socket.Poll(0, SelectMode.SelectWrite))
        {
            Tally.SendBufferFull++;
            return;
        }

        _sendBufferWasFull = false;
        var outcome = Send(_response.AsSpan(0, length));
        if (outcome == SocketError.MessageSize)
        {
            if (!TryProcess(_response.AsSpan(0, SafePayload), out length, isAgain: true))
            {
                return;
            }

            Tally.Shortened++;
            outcome = Send(_response.AsSpan(0, length));
        }

        switch (outcome)
        {
            case SocketError.Success:
                Tally.Answered++;
                break;
            case SocketError.TimedOut or SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable:
                _sendBufferWasFull = true;
                Tally.SendBufferFull++;
                break;
            default:
                Tally.SendFailed++;
                break;
        }
    }

    private bool TryProcess(Span<byte> response, out int length, bool isAgain = false) =>
        TryProcess(
            _request.AsSpan(0, _requestLength),
            response,
            _client.Buffer.Span.Slice(_addressOffset, _addressLength),
            BinaryPrimitives.ReadUInt16BigEndian(_client.Buffer.Span[PortOffset..]),
            UnixTime,
            out length,
            isAgain);

    private SocketError Send(ReadOnlySpan<byte> response)
    {
        try
        {
            Socket.SendTo(response, SocketFlags.None, _client);
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }
}
