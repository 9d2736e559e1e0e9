// The rings that an AF_XDP socket shares with the kernel: one side adds entries, the other takes them, each with an index of its own.
//
//   we add:  fill (empty frames to receive into), transmit        they add: receive, completion (frames that were sent)

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <summary>struct xdp_ring_offset: where in its mapping a ring's parts are, in octets.</summary>
internal struct RingOffsets
{
    public ulong Producer;
    public ulong Consumer;
    public ulong Entries;
    public ulong Flags;
}

/// <summary>struct xdp_desc: a frame within the frame memory.</summary>
internal struct FrameDescriptor
{
    public ulong Address;
    public uint Length;
    public uint Options;
}

/// <summary>A ring that we add to. Used by one thread.</summary>
internal sealed unsafe class ProducerRing<T>(byte* mapping, in RingOffsets offsets, uint size)
    where T : unmanaged
{
    private const uint NeedWakeup = 1;

    private readonly uint* _producer = (uint*)(mapping + offsets.Producer);
    private readonly uint* _consumer = (uint*)(mapping + offsets.Consumer);
    private readonly uint* _flags = (uint*)(mapping + offsets.Flags);
    private readonly T* _entries = (T*)(mapping + offsets.Entries);
    private readonly uint _mask = size - 1;
    private uint _next = *(uint*)(mapping + offsets.Producer);

    /// <summary>Entries that the kernel has not taken yet, those not published included.</summary>
    public uint Waiting => _next - Volatile.Read(ref *_consumer);

    /// <summary>Whether the kernel wants to be told of new entries by a system call.</summary>
    public bool WantsWakeup => (Volatile.Read(ref *_flags) & NeedWakeup) != 0;

    /// <summary>Adds an entry that the kernel does not see before <see cref="Publish"/>. The caller knows that there is room.</summary>
    public void Add(T entry) => _entries[_next++ & _mask] = entry;

    /// <summary>Shows the kernel what was added. The entries are written before the index: the kernel reads it with acquire order.</summary>
    public void Publish() => Volatile.Write(ref *_producer, _next);
}

/// <summary>A ring that we take from. Used by one thread.</summary>
internal sealed unsafe class ConsumerRing<T>(byte* mapping, in RingOffsets offsets, uint size)
    where T : unmanaged
{
    private readonly uint* _producer = (uint*)(mapping + offsets.Producer);
    private readonly uint* _consumer = (uint*)(mapping + offsets.Consumer);
    private readonly T* _entries = (T*)(mapping + offsets.Entries);
    private readonly uint _mask = size - 1;
    private uint _next = *(uint*)(mapping + offsets.Consumer);
    private uint _end = *(uint*)(mapping + offsets.Consumer);

    /// <summary>Entries to take. The index is read before them: the kernel writes it with release order.</summary>
    public int Count
    {
        get
        {
            if (_end == _next)
            {
                _end = Volatile.Read(ref *_producer);
            }

            return (int)(_end - _next);
        }
    }

    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public T this[int index] => _entries[(_next + (uint)index) & _mask];

    /// <summary>Gives the first entries back to the kernel, once they have been read.</summary>
    public void Release(int count)
    {
        _next += (uint)count;
        Volatile.Write(ref *_consumer, _next);
    }
}
