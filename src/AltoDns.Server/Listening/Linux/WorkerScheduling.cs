// Asks the kernel's scheduler to let a worker run soon after it is woken, also while other threads keep its processor busy, or to let others go first.

using System.Runtime.InteropServices;

namespace AltoDns.Server.Listening.Linux;

/// <summary>
/// A short time slice makes a thread's deadline an early one, so that it goes before threads with the usual slice of about
/// 3 ms: the compiler's, the collector's, a reload's, other programs'. It gets no larger share of the processor for it.
/// Linux 6.12 and newer; older ones ignore it.
/// </summary>
internal static unsafe partial class WorkerScheduling
{
    /// <summary>The shortest that Linux takes, in nanoseconds.</summary>
    public const ulong Slice = 100_000;

    /// <summary>What <see cref="RunBehind"/> adds to the nice value: each step takes a fifth of the weight.</summary>
    public const int Behind = 10;

    private const int MostNice = 19;
    private const uint Other = 0;
    private const uint Batch = 3;

    /// <summary>Applies to the calling thread. An operator's choice of a real-time or idle policy is left alone, and a refusal is no harm.</summary>
    public static void RunSoon()
    {
        if (TryRead(out var attributes) && attributes.Policy is Other or Batch)
        {
            attributes.Runtime = Slice;
            _ = Set(Calls.Set, 0, &attributes, 0);
        }
    }

    /// <summary>
    /// Lets all threads of the usual priority go before the calling one, which has a tenth of the processor where they want all of it: it is
    /// never starved. There is no way back, and threads that it starts inherit it. As for <see cref="RunSoon"/>, an operator's choice and a refusal count.
    /// </summary>
    public static void RunBehind()
    {
        if (TryRead(out var attributes) && attributes.Policy is Other or Batch)
        {
            attributes.Policy = Batch;
            attributes.Nice = Math.Min(attributes.Nice + Behind, MostNice);
            _ = Set(Calls.Set, 0, &attributes, 0);
        }
    }

    /// <summary>The nice value of the calling thread; 0 where the kernel does not say.</summary>
    public static int CurrentNice() => TryRead(out var attributes) ? attributes.Nice : 0;

    /// <summary>The slice of the calling thread in nanoseconds; 0 where the kernel does not say.</summary>
    public static ulong CurrentSlice() => TryRead(out var attributes) ? attributes.Runtime : 0;

    private static bool TryRead(out Attributes attributes)
    {
        fixed (Attributes* pointer = &attributes)
        {
            *pointer = default;
            return NativeMethods.IsSupported && Calls.Get != 0 && Get(Calls.Get, 0, pointer, sizeof(Attributes), 0) == 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Get(nint number, nint thread, Attributes* attributes, nint size, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Set(nint number, nint thread, Attributes* attributes, nint flags);

    /// <summary>The numbers of sched_setattr and sched_getattr, which glibc has no function for before 2.41; 0 where they are not known.</summary>
    private static (nint Set, nint Get) Calls => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (314, 315),
        Architecture.Arm64 => (274, 275),
        _ => default,
    };

    /// <summary>struct sched_attr in its first version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
