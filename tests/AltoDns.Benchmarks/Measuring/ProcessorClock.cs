// The processor time of processes to the nanosecond, those of their threads that have ended included.

using System.ComponentModel;
using System.Runtime.InteropServices;
using AltoDns.Harness;

namespace AltoDns.Benchmarks.Measuring;

/// <summary>Reads the processor time, user and system, of processes that were found once.</summary>
internal sealed partial class ProcessorClock(IReadOnlyList<int> processIds)
{
    // The clock of a process: its ID inverted, then three bits for what is counted (clock_getcpuclockid(3)).
    private const int ScheduledTime = 2;

    // CLOCK_THREAD_CPUTIME_ID.
    private const int ThreadTime = 3;

    /// <summary>The clock of a process and of all that descend from it now.</summary>
    public static ProcessorClock OfTree(int processId) => new(ProcessTree.IdsOf(processId));

    /// <summary>Nanoseconds; a process that has ended counts as 0.</summary>
    public long Read()
    {
        long total = 0;
        foreach (var id in processIds)
        {
            if (GetTime((~id << 3) | ScheduledTime, out var time) == 0)
            {
                total += (time.Seconds * 1_000_000_000) + time.Nanoseconds;
            }
        }

        return total;
    }

    /// <summary>The processor time of the calling thread in nanoseconds.</summary>
    public static long ReadThread() => GetTime(ThreadTime, out var time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanoseconds : 0;

    /// <summary>Keeps the calling thread on one processor.</summary>
    /// <exception cref="Win32Exception">There is no such processor, or it is not allowed.</exception>
    public static void PinThread(int processor)
    {
        var mask = 1UL << processor;
        if (SetAffinity(0, sizeof(ulong), in mask) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetAffinity(int thread, nint length, in ulong mask);

    /// <summary>struct timespec of 64-bit systems.</summary>
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
