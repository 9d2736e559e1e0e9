// The system call that puts a thread into another network namespace.

using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AltoDns.Harness.Network;

internal static class NamespaceCalls
{
    private const int Network = 0x40000000;

    /// <summary>Moves the calling thread, and only that.</summary>
    /// <exception cref="Win32Exception">The system does not permit it.</exception>
    public static void Enter(SafeHandle networkNamespace)
    {
        if (SetNamespace(networkNamespace, Network) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(SafeHandle file, int kind);
}
