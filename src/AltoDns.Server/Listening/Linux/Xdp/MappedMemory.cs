// Memory that is mapped from the kernel and given back when disposed of.

namespace AltoDns.Server.Listening.Linux.Xdp;

internal sealed unsafe class MappedMemory : IDisposable
{
    private const string Need = "a higher RLIMIT_MEMLOCK (ulimit -l, LimitMEMLOCK) or CAP_IPC_LOCK";

    private readonly nint _length;
    private nint _start;

    private MappedMemory(nint start, nint length)
    {
        _start = start;
        _length = length;
    }

    public byte* Start => (byte*)_start;

    /// <summary>Zeroed memory of our own, on whole pages.</summary>
    /// <exception cref="XdpException">The system refuses it.</exception>
    public static MappedMemory Allocate(nint length) =>
        Map(length, XdpNativeMethods.MapPrivate | XdpNativeMethods.MapAnonymous | XdpNativeMethods.MapPopulate, -1, 0);

    /// <summary>Memory that a file or socket shares.</summary>
    /// <exception cref="XdpException">The system refuses it.</exception>
    public static MappedMemory Share(int file, nint offset, nint length) =>
        Map(length, XdpNativeMethods.MapShared | XdpNativeMethods.MapPopulate, file, offset);

    public void Dispose()
    {
        var start = Interlocked.Exchange(ref _start, 0);
        if (start != 0)
        {
            _ = XdpNativeMethods.Unmap(start, _length);
        }
    }

    private static MappedMemory Map(nint length, int flags, int file, nint offset)
    {
        var start = XdpNativeMethods.Map(0, length, XdpNativeMethods.ReadWrite, flags, file, offset);
        return start == XdpNativeMethods.MapFailed ? throw XdpException.OfLastError("mmap", Need) : new MappedMemory(start, length);
    }
}
