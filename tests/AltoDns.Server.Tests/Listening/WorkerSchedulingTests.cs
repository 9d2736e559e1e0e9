// Workers ask for a short time slice, where the system is one that knows of it; threads for transfers let others go first.

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

    [Fact]
    public void Lets_others_go_before_the_calling_thread_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux.");
        var usual = WorkerScheduling.CurrentNice();

        var nice = 0;
        var thread = new Thread(() =>
        {
            WorkerScheduling.RunBehind();
            nice = WorkerScheduling.CurrentNice();
        });
        thread.Start();
        thread.Join();

        Assert.Equal(Math.Min(usual + WorkerScheduling.Behind, 19), nice);
        Assert.Equal(usual, WorkerScheduling.CurrentNice());
    }
}
