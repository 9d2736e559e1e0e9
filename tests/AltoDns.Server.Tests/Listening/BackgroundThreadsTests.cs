// Threads that queries go before: entered and left by asynchronous methods, and never left to the pool.

using AltoDns.Server.Listening;
using AltoDns.Server.Listening.Linux;

namespace AltoDns.Server.Tests.Listening;

public class BackgroundThreadsTests
{
    [Fact]
    public async Task Those_that_enter_go_on_there_and_those_that_leave_on_the_pool_with_the_usual_priority()
    {
        var usual = WorkerScheduling.CurrentNice();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            for (var turn = 0; turn < 20; turn++)
            {
                await BackgroundThreads.Enter();
                Assert.True(BackgroundThreads.IsCurrent);
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
                Assert.Equal(OperatingSystem.IsLinux() ? Math.Min(usual + WorkerScheduling.Behind, 19) : usual, WorkerScheduling.CurrentNice());
            }

            await BackgroundThreads.Leave();
            Assert.False(BackgroundThreads.IsCurrent);
            Assert.True(Thread.CurrentThread.IsThreadPoolThread);
            Assert.Equal(usual, WorkerScheduling.CurrentNice());
        })));
    }

    [Fact]
    public async Task Many_take_turns()
    {
        var running = 3;
        var turns = new int[running];
        await Task.WhenAll(Enumerable.Range(0, running).Select(number => Task.Run(async () =>
        {
            // Each goes on until all have had some turns: none of them would end if another one never got its turn.
            while (turns.Any(count => count < 100))
            {
                await BackgroundThreads.Enter();
                turns[number]++;
            }

            await BackgroundThreads.Leave();
        })));

        Assert.All(turns, count => Assert.True(count >= 100, $"{count}"));
    }
}
