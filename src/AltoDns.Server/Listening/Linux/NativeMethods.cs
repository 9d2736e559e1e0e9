// The system calls that move many datagrams at once, or descriptors beside octets, and the structures that they share with the kernel.

using System.Runtime.InteropServices;

namespace AltoDns.Server.Listening.Linux;

/// <summary>
/// Right on 64-bit little-endian Linux. Where glibc has lengths of 64 bits (as the kernel does) musl has 32 and as many of
/// padding after them; there the two layouts hold the same octets.
/// </summary>
internal static unsafe partial class NativeMethods
{
    public const int DontWait = 0x40;

    /// <summary>Wait for the first datagram only (MSG_WAITFORONE).</summary>
    public const int WaitForOne = 0x10000;

    /// <summary>What <see cref="SendMany"/> and <see cref="ReceiveMany"/> take at most (UIO_MAXIOV).</summary>
    public const int MaxBatch = 1024;

    /// <summary>Whether the structures below are those of this system.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian;

    /// <returns>Messages received, or -1 with the error in <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ReceiveMany(SafeHandle socket, BatchedMessage* messages, uint count, int flags, void* timeout);

    /// <returns>Messages sent, from the first on; -1 with the error in <see cref="Marshal.GetLastPInvokeError"/> where the first cannot be.</returns>
    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int SendMany(SafeHandle socket, BatchedMessage* messages, uint count, int flags);

    /// <summary>Close descriptors that come with a message when another program is executed (MSG_CMSG_CLOEXEC).</summary>
    public const int CloseOnExecute = 0x40000000;

    /// <summary>Report a peer that has gone as an error, not as a signal (MSG_NOSIGNAL).</summary>
    public const int NoSignal = 0x4000;

    /// <returns>Octets received, or -1 with the error in <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Receive(SafeHandle socket, BatchedMessage* message, int flags);

    /// <returns>Octets sent, or -1 with the error in <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Send(SafeHandle socket, BatchedMessage* message, int flags);

    /// <summary>Changes a descriptor; F_SETFD is 2, FD_CLOEXEC 1.</summary>
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ControlDescriptor(SafeHandle descriptor, int command, int argument);
}

/// <summary>Errors by their numbers on Linux, alike on x64 and arm64.</summary>
internal static class NativeError
{
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int MessageTooLong = 90;
    public const int NoBufferSpace = 105;
}

/// <summary>struct iovec</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BufferReference
{
    public byte* Start;
    public nuint Length;
}

/// <summary>struct mmsghdr: a struct msghdr of 56 octets, then how many octets were received or sent.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct BatchedMessage
{
    [FieldOffset(0)]
    public byte* Address;

    [FieldOffset(8)]
    public uint AddressLength;

    [FieldOffset(16)]
    public BufferReference* Buffers;

    [FieldOffset(24)]
    public nuint BufferCount;

    [FieldOffset(32)]
    public byte* Control;

    [FieldOffset(40)]
    public nuint ControlLength;

    [FieldOffset(48)]
    public int Flags;

    [FieldOffset(56)]
    public uint Length;
}
