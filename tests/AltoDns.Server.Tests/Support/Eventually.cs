// Waits for what another thread is about to do.

namespace AltoDns.Server.Tests.Support;

internal static class Eventually
{
    /// <summary>Long enough for a busy machine; only a failing test waits so long.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public static async Task IsTrue(Func<bool> condition, string because)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"Waited in vain: {because}");
            await Task.Delay(1);
        }
    }

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Patience);

    public static Task InTime(this Task task) => task.WaitAsync(Patience);
}
