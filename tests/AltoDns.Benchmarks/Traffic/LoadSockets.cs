// Client sockets of a load: each has a source port of its own, is connected to the server, and is never waited for.

using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AltoDns.Server.Listening.Linux;

namespace AltoDns.Benchmarks.Traffic;

/// <summary>Used by one thread; 64-bit Linux only.</summary>
internal sealed unsafe class LoadSockets : IDisposable
{
    private const int BatchSize = 64;
    private const int AnswerCapacity = 2048;

    // SOL_UDP and UDP_SEGMENT: one datagram given to the kernel becomes several of equal length.
    private const int UdpLevel = 17;
    private const int SegmentOption = 103;

    private readonly Socket[] _sockets;
    private readonly int[] _waiting;
    private readonly BatchedMessage[] _received = GC.AllocateArray<BatchedMessage>(BatchSize, pinned: true);
    private readonly BufferReference[] _receivedBuffers = GC.AllocateArray<BufferReference>(BatchSize, pinned: true);
    private readonly byte[] _answers = GC.AllocateArray<byte>(BatchSize * AnswerCapacity, pinned: true);
    private readonly BatchedMessage[] _sent = GC.AllocateArray<BatchedMessage>(QueryTrains.MaxLength, pinned: true);
    private readonly BufferReference[] _sentBuffers = GC.AllocateArray<BufferReference>(QueryTrains.MaxLength, pinned: true);
    private readonly SegmentControl[] _control = GC.AllocateArray<SegmentControl>(1, pinned: true);
    private readonly bool _segments;

    public LoadSockets(IPEndPoint server, int count)
    {
        _sockets = new Socket[count];
        _waiting = new int[count];
        for (var i = 0; i < count; i++)
        {
            _sockets[i] = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20, Blocking = false };
            _sockets[i].Connect(server);
        }

        _segments = CanSegment(_sockets[0]);
        _control[0] = new SegmentControl { Length = (nuint)sizeof(SegmentControl) - 6, Level = UdpLevel, Type = SegmentOption };
        for (var i = 0; i < BatchSize; i++)
        {
            _receivedBuffers[i] = new BufferReference { Start = AddressOf(_answers, i * AnswerCapacity), Length = AnswerCapacity };
            _received[i] = new BatchedMessage { Buffers = AddressOf(_receivedBuffers, i), BufferCount = 1 };
        }

        for (var i = 0; i < QueryTrains.MaxLength; i++)
        {
            _sent[i] = new BatchedMessage { Buffers = AddressOf(_sentBuffers, i), BufferCount = 1 };
        }
    }

    public int Count => _sockets.Length;

    /// <summary>Sends queries that stand side by side in memory, all of one length.</summary>
    /// <param name="socket">0 to <see cref="Count"/> - 1.</param>
    public void Send(int socket, byte* messages, int count, int messageLength)
    {
        _waiting[socket] += count;
        if (_segments && count > 1)
        {
            _control[0].SegmentLength = (ushort)messageLength;
            _sentBuffers[0] = new BufferReference { Start = messages, Length = (nuint)(count * messageLength) };
            _sent[0].Control = (byte*)AddressOf(_control, 0);
            _sent[0].ControlLength = (nuint)sizeof(SegmentControl);
            SendAll(socket, 1);
            return;
        }

        _sent[0].Control = null;
        _sent[0].ControlLength = 0;
        for (var i = 0; i < count; i++)
        {
            _sentBuffers[i] = new BufferReference { Start = messages + (i * messageLength), Length = (nuint)messageLength };
        }

        SendAll(socket, count);
    }

    /// <summary>Takes what answers a socket has.</summary>
    /// <returns>How many; 0 where there are none, or none are waited for.</returns>
    public int Receive(int socket)
    {
        if (_waiting[socket] <= 0)
        {
            return 0;
        }

        var count = Math.Max(0, NativeMethods.ReceiveMany(_sockets[socket].SafeHandle, AddressOf(_received, 0), BatchSize, NativeMethods.DontWait, null));
        _waiting[socket] -= count;
        return count;
    }

    /// <summary>One of the answers that <see cref="Receive"/> took last.</summary>
    public ReadOnlySpan<byte> Answer(int index) => _answers.AsSpan(index * AnswerCapacity, (int)_received[index].Length);

    /// <summary>Says that nothing that was sent so far will be answered, save by surprise.</summary>
    public void GiveUp() => _waiting.AsSpan().Clear();

    public void Dispose() => Array.ForEach(_sockets, socket => socket.Dispose());

    private void SendAll(int socket, int count)
    {
        for (var next = 0; next < count;)
        {
            var sent = NativeMethods.SendMany(_sockets[socket].SafeHandle, AddressOf(_sent, next), (uint)(count - next), flags: 0);
            if (sent < 0 && Marshal.GetLastPInvokeError() is not (NativeError.WouldBlock or NativeError.NoBufferSpace or NativeError.Interrupted))
            {
                throw new SocketException(Marshal.GetLastPInvokeError());
            }

            next += Math.Max(sent, 0);
        }
    }

    private static bool CanSegment(Socket socket)
    {
        try
        {
            socket.SetRawSocketOption(UdpLevel, SegmentOption, BitConverter.GetBytes(0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static T* AddressOf<T>(T[] pinned, int index)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref pinned[index]);

    /// <summary>struct cmsghdr with its 16 bits of data and 6 octets of padding.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 24)]
    private struct SegmentControl
    {
        [FieldOffset(0)]
        public nuint Length;

        [FieldOffset(8)]
        public int Level;

        [FieldOffset(12)]
        public int Type;

        [FieldOffset(16)]
        public ushort SegmentLength;
    }
}
