// An AF_XDP socket of one queue of an interface, with frame memory and rings of its own.
//
//   A frame goes round: fill ─ kernel ─> receive ─ we ─> transmit ─ kernel ─> completion ─ we ─> fill
//                                          └ not answered ───────────────────────────────────────┘

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Microsoft.Win32.SafeHandles;

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <summary>Used by one thread, but for <see cref="Wake"/>. Dispose of it after that thread has ended.</summary>
internal sealed unsafe class XdpSocket : IDisposable
{
    /// <summary>What a frame may take: its place of 2,048 octets less what the kernel keeps in front of it (XDP_PACKET_HEADROOM).</summary>
    public const int FrameCapacity = FrameSize - Headroom;

    private const int CacheLine = 64;
    private const int FrameSize = 2048;
    private const int Headroom = 256;

    // 4 MB; each ring but the transmit ring has room for all frames, so adding to it never fails.
    private const int Frames = 2048;

    // Half of the frames at most wait to be sent, so that a stuck interface does not keep queries from coming.
    private const int TransmitSize = Frames / 2;

    private const int Family = 44;
    private const int RawSocket = 3;
    private const int Level = 283;
    private const int MapOffsetsOption = 1;
    private const int ReceiveRingOption = 2;
    private const int TransmitRingOption = 3;
    private const int FrameMemoryOption = 4;
    private const int FillRingOption = 5;
    private const int CompletionRingOption = 6;
    private const int StatusOption = 8;
    private const int TransmitBudgetOption = 9;
    private const int SocketLevel = 1;
    private const int ErrorOption = 4;
    private const int SendBufferForceOption = 32;
    private const int SendBuffer = 4 << 20;
    private const ushort UseNeedWakeup = 8;
    private const uint ZeroCopyStatus = 1;
    private const int TooManyToSend = 11;
    private const int SendFailed = 16;
    private const int RetryMilliseconds = 1;

    // The kernel's timers add up to 50 µs.
    private const long PauseNanoseconds = 20_000;

    private const string Need = "CAP_NET_RAW";

    private static readonly nint[] RingOffsetsInSocket = [0, unchecked((nint)0x80000000), unchecked((nint)0x100000000), unchecked((nint)0x180000000)];

    private readonly SafeFileHandle _socket;
    private readonly SafeFileHandle _wakeEvent;
    private readonly List<MappedMemory> _mappings = [];
    private readonly byte* _frames;
    private readonly ConsumerRing<FrameDescriptor> _received;
    private readonly ProducerRing<FrameDescriptor> _toSend;
    private readonly ProducerRing<ulong> _empty;
    private readonly ConsumerRing<ulong> _sent;
    private int _dropped;

    /// <exception cref="XdpException">The system refuses a step.</exception>
    public XdpSocket(int interfaceIndex, int queue)
    {
        _wakeEvent = Handle(XdpNativeMethods.CreateEvent(0, XdpNativeMethods.CloseOnExec | XdpNativeMethods.NonBlocking), "eventfd");
        try
        {
            _socket = Handle(XdpNativeMethods.CreateSocket(Family, RawSocket | XdpNativeMethods.CloseOnExec, 0), "AF_XDP socket");
            _frames = RegisterFrames();
            SetRingSize(FillRingOption, Frames);
            SetRingSize(CompletionRingOption, Frames);
            SetRingSize(ReceiveRingOption, Frames);
            SetRingSize(TransmitRingOption, TransmitSize);
            var offsets = stackalloc RingOffsets[RingOffsetsInSocket.Length];
            var length = (uint)(RingOffsetsInSocket.Length * sizeof(RingOffsets));
            Check(XdpNativeMethods.GetOption(_socket, Level, MapOffsetsOption, offsets, &length), "XDP_MMAP_OFFSETS");
            _received = new(MapRing(0, offsets[0], Frames, sizeof(FrameDescriptor)), offsets[0], Frames);
            _toSend = new(MapRing(1, offsets[1], TransmitSize, sizeof(FrameDescriptor)), offsets[1], TransmitSize);
            _empty = new(MapRing(2, offsets[2], Frames, sizeof(ulong)), offsets[2], Frames);
            _sent = new(MapRing(3, offsets[3], Frames, sizeof(ulong)), offsets[3], Frames);

            // Improvements that not every kernel grants: more frames for one system call, and more of them under way.
            TrySetOption(Level, TransmitBudgetOption, TransmitSize);
            TrySetOption(SocketLevel, SendBufferForceOption, SendBuffer);
            for (ulong frame = 0; frame < Frames; frame++)
            {
                _empty.Add(frame * FrameSize);
            }

            _empty.Publish();
            Bind(interfaceIndex, queue);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file descriptor.</summary>
    public int Descriptor => (int)_socket.DangerousGetHandle();

    /// <summary>Whether the driver receives into the frame memory itself; otherwise the kernel copies.</summary>
    public bool IsZeroCopy
    {
        get
        {
            uint status = 0;
            uint length = sizeof(uint);
            return XdpNativeMethods.GetOption(_socket, Level, StatusOption, &status, &length) == 0 && (status & ZeroCopyStatus) != 0;
        }
    }

    /// <summary>Collects frames that were sent, and offers again what found no room.</summary>
    /// <returns>How many received frames there are, which may be none.</returns>
    public int Look()
    {
        CollectSent();
        return _received.Count;
    }

    /// <summary>Lets a moment pass in which frames may come but do not wake the thread; <see cref="Wake"/> does.</summary>
    public void Pause()
    {
        var entry = new PollEntry { File = (int)_wakeEvent.DangerousGetHandle(), Wanted = XdpNativeMethods.PollIn };
        var duration = new Duration { Nanoseconds = PauseNanoseconds };
        _ = XdpNativeMethods.Poll(&entry, 1, &duration, null);
    }

    /// <summary>Waits for frames, or for <see cref="Wake"/>.</summary>
    /// <returns>How many there are now, which may be none.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The socket has an error.</exception>
    public int Wait()
    {
        // Where the interface had no room for an answer, it is offered again soon.
        var entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { File = Descriptor, Wanted = XdpNativeMethods.PollIn };
        entries[1] = new PollEntry { File = (int)_wakeEvent.DangerousGetHandle(), Wanted = XdpNativeMethods.PollIn };
        _ = XdpNativeMethods.Poll(entries, 2, _toSend.Waiting > 0 ? RetryMilliseconds : Timeout.Infinite);
        if ((entries[0].Happened & XdpNativeMethods.PollError) != 0)
        {
            var error = 0;
            uint length = sizeof(int);
            _ = XdpNativeMethods.GetOption(_socket, SocketLevel, ErrorOption, &error, &length);
            throw new System.ComponentModel.Win32Exception(error);
        }

        return _received.Count;
    }

    /// <summary>One of the frames that <see cref="Wait"/> counted.</summary>
    public Span<byte> Frame(int index)
    {
        var descriptor = _received[index];
        return new Span<byte>(_frames + descriptor.Address, (int)descriptor.Length);
    }

    /// <summary>Starts to load the headers and the question of a received frame, which another processor has written.</summary>
    public void Prefetch(int index)
    {
        if (Sse.IsSupported)
        {
            var frame = _frames + _received[index].Address;
            Sse.Prefetch0(frame);
            Sse.Prefetch0(frame + CacheLine);
        }
    }

    /// <summary>The same frame's memory, as long as an answer may be.</summary>
    public Span<byte> Room(int index) => new(_frames + _received[index].Address, FrameCapacity);

    /// <summary>Puts a received frame among those to send; see <see cref="Send"/>.</summary>
    /// <param name="length">Octets of it now.</param>
    /// <returns>False where too many wait already; the frame is still to be dropped then.</returns>
    public bool TryQueue(int index, int length)
    {
        if (_toSend.Waiting == TransmitSize)
        {
            return false;
        }

        _toSend.Add(new FrameDescriptor { Address = _received[index].Address, Length = (uint)length });
        return true;
    }

    /// <summary>Lets a received frame be received into again.</summary>
    public void Drop(int index) => _empty.Add(_received[index].Address & ~(ulong)(FrameSize - 1));

    /// <summary>Gives all frames of a batch back, each of which was queued or dropped.</summary>
    public void EndBatch(int count)
    {
        _received.Release(count);
        _empty.Publish();
    }

    /// <summary>Sends what is queued, without waiting for room.</summary>
    /// <returns>How many frames the interface dropped instead since the last call.</returns>
    public int Send()
    {
        _toSend.Publish();
        OfferWaiting();
        var dropped = _dropped;
        _dropped = 0;
        return dropped;
    }

    /// <summary>Makes <see cref="Wait"/> return at once from now on. Any thread may call it.</summary>
    public void Wake()
    {
        ulong one = 1;
        try
        {
            _ = XdpNativeMethods.Write(_wakeEvent, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _wakeEvent.Dispose();
        _mappings.ForEach(mapping => mapping.Dispose());
    }

    private static SafeFileHandle Handle(int descriptor, string step) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw XdpException.OfLastError(step, Need);

    private static void Check(int result, string step)
    {
        if (result < 0)
        {
            throw XdpException.OfLastError(step, Need);
        }
    }

    private byte* RegisterFrames()
    {
        var memory = MappedMemory.Allocate(Frames * FrameSize);
        _mappings.Add(memory);
        var registration = new FrameMemory { Start = (ulong)memory.Start, Length = Frames * FrameSize, FrameSize = FrameSize };
        if (XdpNativeMethods.SetOption(_socket, Level, FrameMemoryOption, &registration, (uint)sizeof(FrameMemory)) < 0)
        {
            throw XdpException.OfLastError("XDP_UMEM_REG", "a higher RLIMIT_MEMLOCK (ulimit -l, LimitMEMLOCK) or CAP_IPC_LOCK");
        }

        return memory.Start;
    }

    private void SetRingSize(int option, int size) =>
        Check(XdpNativeMethods.SetOption(_socket, Level, option, &size, sizeof(int)), "making a ring");

    private void TrySetOption(int level, int option, int value) => _ = XdpNativeMethods.SetOption(_socket, level, option, &value, sizeof(int));

    private byte* MapRing(int ring, in RingOffsets offsets, int entries, int entrySize)
    {
        var mapping = MappedMemory.Share(Descriptor, RingOffsetsInSocket[ring], (nint)offsets.Entries + (entries * entrySize));
        _mappings.Add(mapping);
        return mapping.Start;
    }

    private void Bind(int interfaceIndex, int queue)
    {
        var address = new SocketAddressOfQueue { Family = Family, Flags = UseNeedWakeup, Interface = (uint)interfaceIndex, Queue = (uint)queue };
        Check(XdpNativeMethods.Bind(_socket, &address, (uint)sizeof(SocketAddressOfQueue)), $"binding to queue {queue}");
    }

    private void OfferWaiting()
    {
        // The kernel clears or sets the flag after it has looked at the ring; we look after we have written.
        Interlocked.MemoryBarrier();
        var waiting = _toSend.Waiting;
        while (waiting > 0 && _toSend.WantsWakeup)
        {
            var error = XdpNativeMethods.Send(_socket, null, 0, NativeMethods.DontWait, null, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;
            _dropped += error == SendFailed ? 1 : 0;
            var before = waiting;
            waiting = _toSend.Waiting;

            // Too many for one call, or one that was dropped: the others may yet go. No progress means no room.
            if (error is not (TooManyToSend or SendFailed) || waiting == before)
            {
                return;
            }
        }
    }

    private void CollectSent()
    {
        if (_toSend.Waiting > 0)
        {
            OfferWaiting();
        }

        var count = _sent.Count;
        if (count == 0)
        {
            return;
        }

        for (var i = 0; i < count; i++)
        {
            _empty.Add(_sent[i] & ~(ulong)(FrameSize - 1));
        }

        _sent.Release(count);
        _empty.Publish();
    }

    /// <summary>struct xdp_umem_reg</summary>
    private struct FrameMemory
    {
        public ulong Start;
        public ulong Length;
        public uint FrameSize;
        public uint Headroom;
        public uint Flags;
        public uint MetadataLength;
    }

    /// <summary>struct sockaddr_xdp</summary>
    private struct SocketAddressOfQueue
    {
        public ushort Family;
        public ushort Flags;
        public uint Interface;
        public uint Queue;
        public uint SharedDescriptor;
    }
}
