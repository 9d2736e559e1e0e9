// Why an interface cannot be served by XDP.

using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <summary>The message says which step failed, why, and what it may need; it has no full stop.</summary>
internal sealed class XdpException(string message) : Exception(message)
{
    private const int NotPermitted = 1;
    private const int OutOfMemory = 12;
    private const int AccessDenied = 13;

    /// <summary>For a system call that has just failed on this thread.</summary>
    /// <param name="need">What lets it pass where the system does not permit it or has set a limit.</param>
    public static XdpException OfLastError(string step, string need)
    {
        var error = Marshal.GetLastPInvokeError();
        var reason = new Win32Exception(error).Message;
        return new XdpException(error is NotPermitted or AccessDenied or OutOfMemory or NativeError.NoBufferSpace ? $"{step}: {reason}; it needs {need}" : $"{step}: {reason}");
    }
}
