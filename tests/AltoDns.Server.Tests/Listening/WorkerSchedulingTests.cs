// Workers ask for a short time slice, where the system is one that knows of it.

using AltoDns.Server.Listening.Linux;

namespace AltoDns.Server.Tests.Listening;

public class WorkerSchedulingTests
{
    // Linux 6.12 is the first that takes a slice for the usual policy.
    private static readonly Version FirstKernel = new(6, 12);

    [Fact]
    public void Shortens_slice_of_calling_thread_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.OSVersion.Version >= FirstKernel, "Needs Linux 6.12.");
        var usual = WorkerScheduling.CurrentSlice();

        ulong slice = 0;
        var thread = new Thread(() =>
        {
            WorkerScheduling.RunSoon();
            slice = WorkerScheduling.CurrentSlice();
        });
        thread.Start();
        thread.Join();

        Assert.Equal(WorkerScheduling.Slice, slice);
        Assert.Equal(usual, WorkerScheduling.CurrentSlice());
    }
}
