// Waits for what another thread is about to do.

namespace AltoDns.Testing;

public static class Eventually
{
    /// <summary>Long enough for a busy machine; only a failing test waits so long.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <exception cref="TimeoutException">It did not become true in time.</exception>
    public static async Task IsTrue(Func<bool> condition, string because)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!condition())
        {
            if (DateTime.UtcNow >= deadline)
            {
                throw new TimeoutException($"Waited in vain: {because}");
            }

            await Task.Delay(1);
        }
    }

    /// <inheritdoc cref="IsTrue(Func{bool}, string)"/>
    public static async Task IsTrue(Func<Task<bool>> condition, string because)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!await condition())
        {
            if (DateTime.UtcNow >= deadline)
            {
                throw new TimeoutException($"Waited in vain: {because}");
            }

            await Task.Delay(1);
        }
    }

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Patience);

    public static Task InTime(this Task task) => task.WaitAsync(Patience);
}
