// The two system calls of batches, in one place that can also say whether this system lets them happen.

using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AltoDns.Server.Listening.Linux;

/// <summary>Errors are left in <see cref="Marshal.GetLastPInvokeError"/>. Open to be overridden by tests, which make the calls fail.</summary>
internal unsafe class BatchCalls
{
    public static BatchCalls Kernel { get; } = new();

    /// <summary>Waits for the first message, as long as the socket's time limit permits, and takes what others there are.</summary>
    /// <param name="waits">False to take only what has come.</param>
    /// <returns>How many were received, or -1.</returns>
    public virtual int Receive(SafeHandle socket, BatchedMessage* messages, uint count, bool waits = true) =>
        NativeMethods.ReceiveMany(socket, messages, count, waits ? NativeMethods.WaitForOne : NativeMethods.DontWait, null);

    /// <summary>Sends without waiting for room.</summary>
    /// <returns>How many were sent, from the first on; -1 where the first cannot be.</returns>
    public virtual int Send(SafeHandle socket, BatchedMessage* messages, uint count) =>
        NativeMethods.SendMany(socket, messages, count, NativeMethods.DontWait);

    /// <summary>Moves no message each way, which tells what a kernel without the calls, or a filter (seccomp), makes of them.</summary>
    /// <param name="reason">Why batches are not to be had; null where they are.</param>
    public bool AreAvailable(out string? reason)
    {
        reason = NativeMethods.IsSupported ? null : "they need 64-bit Linux";
        if (reason is not null)
        {
            return false;
        }

        using var socket = new Socket(
            Socket.OSSupportsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        if (Receive(socket.SafeHandle, null, 0) < 0)
        {
            reason = $"recvmmsg: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}";
        }
        else if (Send(socket.SafeHandle, null, 0) < 0)
        {
            reason = $"sendmmsg: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}";
        }

        return reason is null;
    }
}
