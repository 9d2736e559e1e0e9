// Tells a full disk from other faults of writing.

namespace AltoDns.Zones.Keys;

public static class DiskSpace
{
    // errno of Linux and its kin, which .NET passes on.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    // Windows' ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL as HRESULTs.
    private const int HandleDiskFull = unchecked((int)0x80070027);
    private const int DiskFull = unchecked((int)0x80070070);

    /// <summary>Whether a write failed for want of room on the disk, or in the owner's share of it.</summary>
    public static bool IsExhausted(IOException exception) => exception.HResult is NoSpace or QuotaExceeded or HandleDiskFull or DiskFull;
}
