// The memory of one batch: requests as the kernel writes them, answers as it reads them, and who they are from and to.
//
//   received[i] ──> envelope[i] { client address, control message, ──> request slot i,
//   answers[n]  ──> envelope[i]   of the i whose answer is the n-th     ──> response slot i }

using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AltoDns.Server.Listening.Linux;

/// <summary>
/// Used by one thread. All memory is pinned for the life of the batch and referred to by the arrays, so that the kernel
/// works on what the handler sees and nothing is copied between.
/// </summary>
internal sealed unsafe class MessageBatch
{
    // A datagram of any length is answered, as NSD and Knot do. Memory that no request was long enough for is never touched.
    private const int RequestCapacity = ushort.MaxValue;

    private const int CacheLine = 64;

    // struct sockaddr_in and sockaddr_in6: family, port in network order, and the address.
    private const int PortOffset = 2;
    private const int IPv4Offset = 4;
    private const int IPv4Length = 4;
    private const int IPv6Offset = 8;
    private const int IPv6Length = 16;

    // struct cmsghdr is 16 octets. Then struct in_pktinfo: interface, local address, destination; or in6_pktinfo: address, interface.
    private const int IPv4InterfaceOffset = 16;
    private const int IPv6DestinationOffset = 16;
    private const int IPv6InterfaceOffset = 32;

    private readonly BatchCalls _calls;
    private readonly int _size;
    private readonly bool _isIPv6;
    private readonly int _responseCapacity;
    private readonly int _requestStride;
    private readonly int _responseStride;
    private readonly byte[] _requests;
    private readonly byte[] _responses;
    private readonly Envelope[] _envelopes;
    private readonly BatchedMessage[] _received;
    private readonly BatchedMessage[] _answers;
    private readonly int[] _questions;
    private int _count;

    /// <param name="size">Datagrams at once, 1 to <see cref="NativeMethods.MaxBatch"/>.</param>
    /// <param name="responseCapacity">Octets of the largest answer.</param>
    public MessageBatch(BatchCalls calls, int size, int responseCapacity, AddressFamily family)
    {
        _calls = calls;
        _size = size;
        _isIPv6 = family == AddressFamily.InterNetworkV6;
        _responseCapacity = responseCapacity;
        _requestStride = StrideOf(RequestCapacity);
        _responseStride = StrideOf(responseCapacity);
        _requests = GC.AllocateUninitializedArray<byte>(size * _requestStride, pinned: true);
        _responses = GC.AllocateUninitializedArray<byte>(size * _responseStride, pinned: true);
        _envelopes = GC.AllocateArray<Envelope>(size, pinned: true);
        _received = GC.AllocateArray<BatchedMessage>(size, pinned: true);
        _answers = GC.AllocateArray<BatchedMessage>(size, pinned: true);
        _questions = new int[size];
        for (var i = 0; i < size; i++)
        {
            var envelope = AddressOf(_envelopes, i);
            envelope->Request = new BufferReference { Start = AddressOf(_requests, i * _requestStride), Length = RequestCapacity };
            envelope->Response = new BufferReference { Start = AddressOf(_responses, i * _responseStride) };
            _received[i] = new BatchedMessage { Address = envelope->Address, Buffers = &envelope->Request, BufferCount = 1, Control = envelope->Control };
        }

        _count = size;
    }

    /// <summary>Answers that wait to be sent.</summary>
    public int Queued { get; private set; }

    /// <summary>Whether the last <see cref="Receive"/> brought no datagram, only the news that the socket was shut down.</summary>
    public bool IsShutDown => _count > 0 && _received[0].AddressLength == 0;

    /// <summary>Waits for a datagram and takes what others there are. Forgets the queued answers.</summary>
    /// <param name="waits">False to take only what has come.</param>
    /// <returns>How many came; 0 where the socket's time limit passed without any, or there is none to take.</returns>
    /// <exception cref="Win32Exception">The system reports an error.</exception>
    public int Receive(SafeHandle socket, bool waits)
    {
        Queued = 0;

        // The kernel has written over the capacities of those that it used.
        for (var i = 0; i < _count; i++)
        {
            _received[i].AddressLength = Envelope.AddressCapacity;
            _received[i].ControlLength = Envelope.ControlCapacity;
        }

        _count = 0;
        int count;
        do
        {
            count = _calls.Receive(socket, AddressOf(_received, 0), (uint)_size, waits);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == NativeError.Interrupted);

        if (count < 0)
        {
            if (Marshal.GetLastPInvokeError() == NativeError.WouldBlock)
            {
                return 0;
            }

            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _count = count;
        return count;
    }

    public ReadOnlySpan<byte> Request(int index) =>
        _requests.AsSpan(index * _requestStride, (int)Math.Min(_received[index].Length, RequestCapacity));

    /// <summary>Where to write the answer.</summary>
    public Span<byte> Response(int index) => _responses.AsSpan(index * _responseStride, _responseCapacity);

    public ushort ClientPort(int index) => BinaryPrimitives.ReadUInt16BigEndian(_envelopes[index].AddressSpan[PortOffset..]);

    /// <summary>4 or 16 octets in network order.</summary>
    public ReadOnlySpan<byte> ClientAddress(int index) => _isIPv6
        ? _envelopes[index].AddressSpan.Slice(IPv6Offset, IPv6Length)
        : _envelopes[index].AddressSpan.Slice(IPv4Offset, IPv4Length);

    /// <summary>Puts the answer to a request after those that wait to be sent.</summary>
    /// <param name="length">Octets of it in <see cref="Response"/>.</param>
    public void Queue(int index, int length)
    {
        var envelope = AddressOf(_envelopes, index);
        envelope->Response.Length = (nuint)length;
        _questions[Queued] = index;
        _answers[Queued++] = new BatchedMessage
        {
            Address = envelope->Address,
            AddressLength = _received[index].AddressLength,
            Buffers = &envelope->Response,
            BufferCount = 1,
            Control = envelope->Control,
            ControlLength = TurnAround(envelope->ControlSpan[..(int)_received[index].ControlLength]),
        };
    }

    /// <summary>Where the answer to a request goes that is sent from another thread.</summary>
    public PendingAnswer Defer(int index, SafeHandle socket)
    {
        var envelope = AddressOf(_envelopes, index);
        var control = envelope->ControlSpan[..(int)_received[index].ControlLength].ToArray();
        TurnAround(control);
        return new PendingBatchedDatagram(_calls, socket, envelope->AddressSpan[..(int)_received[index].AddressLength].ToArray(), control);
    }

    /// <summary>The index of the request that a queued answer is for.</summary>
    public int QuestionOf(int answer) => _questions[answer];

    /// <summary>Changes the length of an answer that was written again after it was queued.</summary>
    public void Resize(int answer, int length) => _envelopes[_questions[answer]].Response.Length = (nuint)length;

    /// <summary>Sends queued answers without waiting for room.</summary>
    /// <param name="first">The first that was not sent yet.</param>
    /// <param name="error">Why that one could not be sent; 0 where it was.</param>
    /// <returns>How many were sent; those after them are to be tried again.</returns>
    public int Send(SafeHandle socket, int first, out int error)
    {
        var sent = _calls.Send(socket, AddressOf(_answers, first), (uint)(Queued - first));
        error = sent < 0 ? Marshal.GetLastPInvokeError() : 0;
        return Math.Max(sent, 0);
    }

    /// <summary>Makes of the message that says where a datagram was sent to the one that says where its answer is from.</summary>
    private nuint TurnAround(Span<byte> control)
    {
        if (control.IsEmpty)
        {
            return 0;
        }

        // The answer takes the route that leads to the client, which need not be the interface that the query came by.
        // A link-local source address means nothing without its interface (RFC 4007 §6).
        if (!_isIPv6)
        {
            control.Slice(IPv4InterfaceOffset, sizeof(int)).Clear();
        }
        else if (control[IPv6DestinationOffset] != 0xFE || (control[IPv6DestinationOffset + 1] & 0xC0) != 0x80)
        {
            control.Slice(IPv6InterfaceOffset, sizeof(int)).Clear();
        }

        return (nuint)control.Length;
    }

    // No power of two: the first octets of all slots would fall on the same few lines of the processor's cache.
    private static int StrideOf(int capacity) => ((capacity + CacheLine - 1) / CacheLine * CacheLine) + CacheLine;

    private static T* AddressOf<T>(T[] pinned, int index)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref pinned[index]);

    /// <summary>What belongs to one datagram and its answer besides their octets.</summary>
    private struct Envelope
    {
        public const int AddressCapacity = 32;
        public const int ControlCapacity = 64;

        public fixed byte Address[AddressCapacity];
        public fixed byte Control[ControlCapacity];
        public BufferReference Request;
        public BufferReference Response;

        [UnscopedRef]
        public Span<byte> AddressSpan => MemoryMarshal.CreateSpan(ref Address[0], AddressCapacity);

        [UnscopedRef]
        public Span<byte> ControlSpan => MemoryMarshal.CreateSpan(ref Control[0], ControlCapacity);
    }
}
